import { randomBytes } from 'node:crypto'
import { JobError } from '../../../src/errors'
import { memoize } from '../../../src/auth/memoize'
import { cacheInStore } from '../../../src/auth/cache-in-store'
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
  return memoize(cacheInStore(mint, sharing), clock)
}

it('returns the token that another container has stored', async () => {
  const first = await container()()

  expect(await container()()).toMatchObject({ value: first.value, expiresAt: first.expiresAt })
  expect(mints).toBe(1)
})

it('separates tokens by key', async () => {
  await container()()
  await container({ key: 'token/b' })()

  expect(mints).toBe(2)
})

it('stores no part of a token unencrypted', async () => {
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
  ['holds an unreadable entry', { get: () => Promise.resolve('v1.something') }],
  ['holds an entry that was copied from another key', { get: () => Promise.resolve(movedToken()) }],
])('requests a new token if the store %s', async (_what, fault) => {
  await expect(container({ through: { ...store, ...fault } })()).resolves.toBeDefined()

  expect(mints).toBe(1)
})

function movedToken(): string {
  const token = { value: 'other', mintedAt: clock.now(), expiresAt: clock.now() + hourMs, clientId: 'x' }
  return createSealer(encryptionKey).seal(JSON.stringify(token), 'token/b')
}

it('requests a new token if the stored one is encrypted with another key', async () => {
  await container()()
  await container({ sealWith: randomBytes(32) })()

  expect(mints).toBe(2)
})

it('drops a refused token for all containers, but not a newer one', async () => {
  const [one, other] = [container(), container()]
  const stale = await one()
  await other()
  await one.drop(stale)
  const fresh = await one()
  await other.drop(stale)

  expect((await other()).value).toBe(fresh.value)
  expect(mints).toBe(2)
})

it('requests one token for 200 concurrent callers (single-flight), and none from a warm cache', async () => {
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
])('returns no token in its last minutes during 30 hours, with a lifetime of %s', async (_life, lifeMs) => {
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
