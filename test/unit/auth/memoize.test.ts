import { memoize } from '../../../src/auth/memoize'
import { chain } from '../../../src/auth/chain'
import { NotConfigured } from '../../../src/auth/token-provider'
import { JobError } from '../../../src/errors'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { AccessToken } from '../../../src/auth/token-provider'
import type { VirtualClock } from '../../fixtures/virtual-clock'

const minute = 60_000
const hour = 60 * minute

function minter(clock: VirtualClock, lifeMs = 24 * hour) {
  const minted: AccessToken[] = []
  const mint = async (): Promise<AccessToken> => {
    await Promise.resolve()
    const token = { value: `token-${minted.length}`, expiresAt: clock.now() + lifeMs, clientId: 'id' }
    minted.push(token)
    return token
  }
  return { minted, mint }
}

it('requests one token for 200 concurrent callers (single-flight), and none from a warm cache', async () => {
  const clock = virtualClock()
  const { minted, mint } = minter(clock)
  const provider = memoize(mint, clock)

  await Promise.all(Array.from({ length: 200 }, () => provider()))
  await Promise.all(Array.from({ length: 200 }, () => provider()))

  expect(minted).toHaveLength(1)
})

it('returns no token in its last five minutes during 30 hours', async () => {
  const clock = virtualClock()
  const { minted, mint } = minter(clock)
  const provider = memoize(mint, clock)

  for (let passed = 0; passed < 30 * hour; passed += minute) {
    const token = await provider()
    expect(token.expiresAt - clock.now()).toBeGreaterThanOrEqual(5 * minute)
    await clock.advance(minute)
  }

  expect(minted).toHaveLength(2)
})

it('returns a token ten to five minutes before its expiry while it requests the next one', async () => {
  const clock = virtualClock()
  const { minted, mint } = minter(clock)
  const provider = memoize(mint, clock)
  const first = await provider()

  await clock.advance(24 * hour - 9 * minute)
  const during = await provider()
  await clock.advance(0)
  const after = await provider()

  expect(during).toBe(first)
  expect(after).not.toBe(first)
  expect(minted).toHaveLength(2)
})

it('uses a short-lived token for most of its lifetime', async () => {
  const clock = virtualClock()
  const { minted, mint } = minter(clock, 60_000)
  const provider = memoize(mint, clock)

  await provider()
  await clock.advance(40_000)
  await provider()

  expect(minted).toHaveLength(1)
})

it('drops a refused token, but not a newer one', async () => {
  const clock = virtualClock()
  const { minted, mint } = minter(clock)
  const provider = memoize(mint, clock)
  const old = await provider()

  await provider.drop(old)
  const fresh = await provider()
  await provider.drop(old)

  expect(await provider()).toBe(fresh)
  expect(minted).toHaveLength(2)
})

it('caches a refusal, but not a transient failure', async () => {
  const clock = virtualClock()
  let asked = 0
  const failing = (code: 'token-refused' | 'token-unavailable') =>
    memoize(() => {
      asked += 1
      return Promise.reject(new JobError(code, 'no', 'mend it'))
    }, clock)
  const refused = failing('token-refused')
  const unavailable = failing('token-unavailable')

  for (let calls = 0; calls < 3; calls += 1) await refused().catch(() => undefined)
  const afterRefusals = asked
  await clock.advance(31_000)
  await refused().catch(() => undefined)
  const afterAWhile = asked
  for (let calls = 0; calls < 3; calls += 1) await unavailable().catch(() => undefined)

  expect([afterRefusals, afterAWhile, asked]).toEqual([1, 2, 5])
})

describe('the chain', () => {
  const token: AccessToken = { value: 'token', expiresAt: 1, clientId: 'id' }
  const absent = () => Promise.reject(new NotConfigured('First', ['FIRST_ID']))

  it('skips providers that are not configured', async () => {
    expect(await chain(absent, () => Promise.resolve(token))()).toBe(token)
  })

  it('stops at a configured provider that is refused', async () => {
    const refused = new JobError('token-refused', 'refused', 'mend it')
    const next = jest.fn(() => Promise.resolve(token))

    await expect(chain(absent, () => Promise.reject(refused), next)()).rejects.toBe(refused)
    expect(next).not.toHaveBeenCalled()
  })

  it('lists the missing inputs of every provider if none is configured', async () => {
    const other = () => Promise.reject(new NotConfigured('Second', ['SECOND_ID', 'SECOND_SECRET']))

    await expect(chain(absent, other)()).rejects.toMatchObject({
      code: 'token-not-configured',
      message: expect.stringMatching(/First.*FIRST_ID.*Second.*SECOND_ID, SECOND_SECRET/) as string,
    })
  })
})
