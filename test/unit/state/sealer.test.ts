import { randomBytes } from 'node:crypto'
import fc from '../../fixtures/fast-check'
import { createSealer } from '../../../src/state/sealer'

const sealer = createSealer(randomBytes(32))

it('the sealer opens its own sealed text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, purpose) => {
      expect(sealer.open(sealer.seal(text, purpose), purpose)).toBe(text)
    }),
  )
})

it('the sealer opens no text that was changed by a single bit', () => {
  const sealed = sealer.seal('a refresh token', 'grant')
  const bytes = Buffer.from(sealed.split('.')[1] ?? '', 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    expect(sealer.open(`v1.${changed.toString('base64url')}`, 'grant')).toBeNull()
  }
})

it.each([
  ['another purpose', (sealed: string) => sealer.open(sealed, 'other')],
  ['another key', (sealed: string) => createSealer(randomBytes(32)).open(sealed, 'grant')],
  ['another version', (sealed: string) => sealer.open(sealed.replace('v1', 'v2'), 'grant')],
  ['a sign more', (sealed: string) => sealer.open(`${sealed}x`, 'grant')],
  ['a blank more', (sealed: string) => sealer.open(`${sealed} `, 'grant')],
  ['half of it', (sealed: string) => sealer.open(sealed.slice(0, 30), 'grant')],
])('the sealer opens no text with %s', (_what, open) => {
  expect(open(sealer.seal('a refresh token', 'grant'))).toBeNull()
})

it('the sealer uses a fresh nonce for each text', () => {
  expect(sealer.seal('same', 'p')).not.toBe(sealer.seal('same', 'p'))
})
