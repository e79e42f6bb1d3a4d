import fc from '../../fixtures/fast-check'
import { createRedactor } from '../../../src/http/redact'

const secret = 'canary/se+cr "e&t='

function redactorOf(...secrets: unknown[]) {
  const redactor = createRedactor()
  for (const value of secrets) redactor.add(value)
  return redactor
}

const forms: readonly (readonly [string, string])[] = [
  ['as it is', secret],
  ['in upper case', secret.toUpperCase()],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['in base64url', Buffer.from(secret).toString('base64url')],
  ['in a URL', encodeURIComponent(secret)],
  [
    'in a URL with lower-case escapes',
    encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
  ],
  ['in a URL, escaped twice', encodeURIComponent(encodeURIComponent(secret))],
  ['in a form', new URLSearchParams({ '': secret }).toString().slice(1)],
  ['in JSON', JSON.stringify(secret).slice(1, -1)],
  ['in JSON within JSON', JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1)],
  [
    'in JSON with escaped slashes',
    JSON.stringify(secret)
      .slice(1, -1)
      .replaceAll('/', String.raw`\/`),
  ],
  ['in JSON escapes', Array.from(secret, (sign) => `\\u${hexOf(sign).padStart(4, '0')}`).join('')],
  ['in JavaScript escapes', Array.from(secret, (sign) => `\\x${hexOf(sign).padStart(2, '0')}`).join('')],
  ['in HTML', secret.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
  ['in decimal HTML', Array.from(secret, (sign) => `&#${sign.charCodeAt(0)};`).join('')],
  ['in hexadecimal HTML', Array.from(secret, (sign) => `&#x${hexOf(sign)};`).join('')],
  ['in percent escapes throughout', Array.from(secret, (sign) => `%${hexOf(sign)}`).join('')],
  ['in hex', Buffer.from(secret).toString('hex')],
  ['in upper-case hex', Buffer.from(secret).toString('hex').toUpperCase()],
]

function hexOf(sign: string): string {
  return sign.charCodeAt(0).toString(16)
}

it.each(forms)('the redactor hides a secret %s, wherever it stands', (_form, text) => {
  const redactor = redactorOf(secret)

  expect(redactor.text(`before ${text} after`)).toBe('before [redacted] after')
  expect(redactor.value({ list: [{ deep: text }], count: 3, none: null })).toEqual({
    list: [{ deep: '[redacted]' }],
    count: 3,
    none: null,
  })
})

it('the redactor hides a secret in HTTP Basic credentials, whatever the user name', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (before, after) => {
      const encoded = Buffer.from(`${before}:${secret}${after}`).toString('base64')
      const left = redactorOf(secret).text(encoded).replaceAll('[redacted]', '')
      return (
        !Buffer.from(left, 'base64').toString('latin1').includes('canary') && left.length < encoded.length
      )
    }),
  )
})

it('the redactor hides the longer of two secrets that begin alike', () => {
  expect(redactorOf('canary-one', 'canary-one-and-two').text('canary-one-and-two')).toBe('[redacted]')
})

it('the redactor hides each part of a list and a number, also as a number', () => {
  const redactor = redactorOf('["canary-old","canary-new"]', ['canary-array'], 12345678)

  expect(redactor.text('canary-old canary-new canary-array 12345678')).toBe(
    '[redacted] [redacted] [redacted] [redacted]',
  )
  expect(redactor.value({ pin: 12345678, rows: 12345 })).toEqual({ pin: '[redacted]', rows: 12345 })
})

it('the redactor hides a short secret where it stands as a word, and in no other word', () => {
  expect(redactorOf('abc').text('abc, abcd "abc"')).toBe('[redacted], abcd "[redacted]"')
})

it('the redactor hides pieces of a token, and every line of a key', () => {
  const token = Array.from(
    { length: 1_200 },
    (_, index) => 'abcdefghijklmnop'[(index * 7 + (index >> 4)) % 16],
  ).join('')
  const pem = `-----BEGIN PRIVATE KEY-----\n${token.slice(0, 64)}\n${token.slice(200, 264)}\n-----END PRIVATE KEY-----`

  expect(redactorOf(token).text(`token ${token.slice(0, 600)}`)).toMatch(/^token \[redacted\].{0,48}$/)
  expect(redactorOf(token).text(Buffer.from(`Bearer ${token}`).toString('base64'))).toMatch(
    /^.{10}\[redacted\]$/,
  )
  expect(redactorOf(pem).text(`line 2: ${token.slice(200, 264)}`)).toBe('line 2: [redacted]')
})

it('the redactor hides user and password of a URL, also unknown ones', () => {
  expect(redactorOf().text('GET https://user:pass@host.example/x failed')).toBe(
    'GET https://[redacted]@host.example/x failed',
  )
})

it('the redactor leaves keys as they are', () => {
  expect(redactorOf('outcome').value({ outcome: 'outcome' })).toEqual({ outcome: '[redacted]' })
})

it('the redactor changes nothing the second time, even where a secret is part of its own mask', () => {
  const redactor = redactorOf(secret, 'redacted')
  const once = redactor.text(`${secret}${secret} [redacted] ${encodeURIComponent(secret)}`)

  expect(once).toBe('[redacted] [redacted] [redacted]')
  expect(redactor.text(once)).toBe(once)
})

it('the redactor processes half a megabyte without secrets in seconds, however slow the machine', () => {
  const redactor = redactorOf(
    ...Array.from({ length: 10 }, (_, index) => `canary-${index}-${'x'.repeat(30)}`),
  )
  const document = Array.from({ length: 2_000 }, (_, index) => ({
    key: `0123abcd-4567-89ab-cdef-${String(index).padStart(12, '0')}`,
    path: `jobs/flights/outbox/0123abcd-4567-89ab-cdef-0123456789ab/0-${index}.csv.gz`,
    sha256: 'a3'.repeat(32),
    state: 'staged',
    rows: index,
  }))
  redactor.value(document)

  const before = process.cpuUsage().user
  const result = redactor.value(document)

  expect(process.cpuUsage().user - before).toBeLessThan(20e6)
  expect(result).toEqual(document)
})
