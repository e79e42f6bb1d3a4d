import { randomBytes } from 'node:crypto'
import { readSealer } from '../../../../src/app-builder/params/encryption-key'

const drawn = () => randomBytes(32).toString('base64')

it('TOKEN_ENCRYPTION_KEY may be a list, of which the first seals and all open', () => {
  const [first, second] = [drawn(), drawn()]
  const old = readSealer({ TOKEN_ENCRYPTION_KEY: second })
  const both = readSealer({ TOKEN_ENCRYPTION_KEY: JSON.stringify([first, second]) })
  const next = readSealer({ TOKEN_ENCRYPTION_KEY: first })

  expect(both?.open(old?.seal('grant', 'p') ?? '', 'p')).toBe('grant')
  expect(next?.open(both?.seal('grant', 'p') ?? '', 'p')).toBe('grant')
  expect(old?.open(both?.seal('grant', 'p') ?? '', 'p')).toBeNull()
})

it('TOKEN_ENCRYPTION_KEY accepts keys of openssl rand', () => {
  for (let count = 0; count < 2_000; count += 1) {
    expect(readSealer({ TOKEN_ENCRYPTION_KEY: drawn() })).not.toBeNull()
  }
})

it('without TOKEN_ENCRYPTION_KEY nothing is sealed', () => {
  expect(readSealer({})).toBeNull()
  expect(readSealer({ TOKEN_ENCRYPTION_KEY: '' })).toBeNull()
})

it.each([
  ['zeros', Buffer.alloc(32).toString('base64')],
  ['one byte, repeated', Buffer.alloc(32, 0xa7).toString('base64')],
  ['a sentence that is base64 by chance', 'ThisIsTheSecretEncryptionKeyOfOurAnalyticss='],
  ['a sentence in base64', Buffer.from('my very secret passphrase, 2026!').toString('base64')],
  ['a sentence that a lenient decoder shortens to 32 bytes', `${'correct horse battery staple '.repeat(2)}9`],
  ['31 bytes', randomBytes(31).toString('base64')],
  ['33 bytes', randomBytes(33).toString('base64')],
  ['hex', randomBytes(32).toString('hex')],
  ['base64 without its padding', drawn().replace('=', '')],
  ['a line end within', `${drawn().slice(0, 20)}\n${drawn().slice(20)}`],
  ['an empty list', '[]'],
  ['a list with a bad key', JSON.stringify([drawn(), 'secret'])],
  ['a number', 12345],
])('TOKEN_ENCRYPTION_KEY is refused as %s, without repeating it', (_what, value) => {
  const open = () => readSealer({ TOKEN_ENCRYPTION_KEY: value })

  expect(open).toThrow(expect.objectContaining({ code: 'input-invalid' }) as Error)
  expect(open).toThrow(/^TOKEN_ENCRYPTION_KEY is (not 32 bytes in base64|not random|an empty list)\.$/)
})
