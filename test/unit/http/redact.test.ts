import { createRedactor } from '../../../src/http/redact'

const secret = 'canary/se+cret='

it.each([
  ['as it is', secret],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['in base64url', Buffer.from(secret).toString('base64url')],
  ['in a URL', encodeURIComponent(secret)],
])('hides a secret %s, wherever it stands', (_form, text) => {
  const redactor = createRedactor()
  redactor.add(secret)

  expect(redactor.text(`before ${text} after`)).toBe('before [redacted] after')
  expect(redactor.value({ list: [{ deep: text }], count: 3, none: null })).toEqual({
    list: [{ deep: '[redacted]' }],
    count: 3,
    none: null,
  })
})

it('leaves short values alone, which would blot out half of every text', () => {
  const redactor = createRedactor()
  redactor.add('abc')

  expect(redactor.text('abc')).toBe('abc')
})
