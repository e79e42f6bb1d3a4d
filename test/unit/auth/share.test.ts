import { randomBytes } from 'node:crypto'
import { JobError } from '../../../src/errors'
import { memoize } from '../../../src/auth/memoize'
import { share } from '../../../src/auth/share'
import { silentLog } from '../../../src/log'
import { createSealer } from '../../../src/state/sealer'
import { createMemoryKeyValueStore } from '../../fixtures/memory-key-value-store'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { KeyValueStore } from '../../../src/state/key-value-store'
import type { VirtualClock } from '../../fixtures/virtual-clock'

const hourMs = 3_600_000
const encryptionKey = randomBytes(32)

let clock: VirtualClock
let store: KeyValueStore
let mints: number
beforeEach(() => {
  clock = virtualClock()
  store = createMemoryKeyValueStore({ clock })
  mints = 0
})

/** A container with a memory of its own; the store is common to all. */
function container({
  through = store,
  key = 'token/a',
  sealWith = encryptionKey,
  lifeMs = 24 * hourMs,
} = {}) {
  const mint = () => {
    mints += 1
    return Promise.resolve({
      value: `canary-token-${mints}`,
      expiresAt: clock.now() + lifeMs,
      clientId: 'client',
    })
  }
  const sharing = { store: through, sealer: createSealer(sealWith), key, clock, log: silentLog }
  return memoize(share(mint, sharing), clock)
}

it('a cold container takes the token that another one has minted', async () => {
  const first = await container()()

  expect(await container()()).toMatchObject({ value: first.value, expiresAt: first.expiresAt })
  expect(mints).toBe(1)
})

it('credentials do not share', async () => {
  await container()()
  await container({ key: 'token/b' })()

  expect(mints).toBe(2)
})

it('nothing of the token is stored in the clear', async () => {
  const written: string[] = []
  const spying = {
    ...store,
    put: (key: string, value: string) => Promise.resolve(void written.push(key, value)),
  }
  await container({ through: spying })()

  expect(written.join()).toMatch(/^token\/a,v1\./)
  for (const text of written) {
    expect(text).not.toContain('canary')
    expect(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString('latin1')).not.toContain('canary')
  }
})

it.each([
  ['cannot be read', { get: () => Promise.reject(new JobError('store-unreachable', 'down', 'wait')) }],
  ['cannot be written', { put: () => Promise.reject(new JobError('store-refused', 'too large', '')) }],
  ['holds something else', { get: () => Promise.resolve('v1.something') }],
  ['holds the token of another place', { get: () => Promise.resolve(movedToken()) }],
])('a store that %s costs a mint, not the run', async (_what, fault) => {
  await expect(container({ through: { ...store, ...fault } })()).resolves.toBeDefined()

  expect(mints).toBe(1)
})

function movedToken(): string {
  const token = { value: 'other', mintedAt: clock.now(), expiresAt: clock.now() + hourMs, clientId: 'x' }
  return createSealer(encryptionKey).seal(JSON.stringify(token), 'token/b')
}

it('a token sealed with another key is not there', async () => {
  await container()()
  await container({ sealWith: randomBytes(32) })()

  expect(mints).toBe(2)
})

it('a dropped token is dropped for every container, and a fresher one survives', async () => {
  const [one, other] = [container(), container()]
  const stale = await one()
  await other()
  await one.drop(stale)
  const fresh = await one()
  await other.drop(stale)

  expect((await other()).value).toBe(fresh.value)
  expect(mints).toBe(2)
})

it('200 concurrent callers of a cold container cost one mint, and of a warm one none', async () => {
  const provider = container()
  const tokens = await Promise.all(Array.from({ length: 200 }, () => provider()))
  await Promise.all(Array.from({ length: 200 }, () => provider()))

  expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
  expect(mints).toBe(1)
})

it.each([
  ['a day', 24 * hourMs],
  ['an hour', hourMs],
  ['a minute', 60_000],
])('in 30 hours no token of %s is handed out that is about to expire', async (_life, lifeMs) => {
  const containers = [container({ lifeMs }), container({ lifeMs })]
  for (let minute = 0; minute < 30 * 60; minute += 1) {
    for (const provider of containers) {
      const { expiresAt } = await provider()
      expect(expiresAt - clock.now()).toBeGreaterThanOrEqual(Math.min(5 * 60_000, lifeMs * 0.2))
    }
    await clock.advance(60_000)
  }

  expect(mints).toBeLessThan(2.2 * ((30 * hourMs) / (lifeMs * 0.7)) + 4)
})
