import { openSingleUse } from '../../../src/state/single-use'
import { createMemoryBlobStore } from '../../fixtures/memory-blob-store'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { BlobFate } from '../../fixtures/memory-blob-store'

const now = Date.UTC(2026, 10, 21)
const later = now + 1_000

function storeWith(fates: BlobFate[] = []) {
  return createMemoryBlobStore({
    clock: { now: () => now },
    fault: ({ kind }) => (kind === 'write' ? (fates.shift() ?? 'ok') : 'ok'),
  })
}

it('a name is claimed by exactly one of several concurrent callers', async () => {
  const store = storeWith()

  const claims = await Promise.all(
    Array.from({ length: 20 }, () => openSingleUse(store, virtualClock({ leap: true })).claim('link', later)),
  )

  expect(claims.filter(Boolean)).toHaveLength(1)
})

it.each<[BlobFate, number]>([
  ['lost-before', 1],
  ['lost-before', 3],
  ['lost-after', 1],
])('a claim whose write is %s %i times belongs to that caller, and to no other', async (fate, times) => {
  const store = storeWith(Array.from({ length: times }, () => fate))

  expect(await openSingleUse(store, virtualClock({ leap: true })).claim('link', later)).toBe(true)
  expect(await openSingleUse(store, virtualClock({ leap: true })).claim('link', later)).toBe(false)
})

it('a claim that cannot be written is an outage, not a success', async () => {
  const store = storeWith(Array.from({ length: 10 }, () => 'lost-before' as const))

  await expect(openSingleUse(store, virtualClock({ leap: true })).claim('link', later)).rejects.toMatchObject(
    { code: 'store-unreachable' },
  )
})

it('claims are deleted once they have expired', async () => {
  const store = storeWith()
  const singleUse = openSingleUse(store, virtualClock({ leap: true }))
  await singleUse.claim('old', now - 1)
  await singleUse.claim('young', later)

  await singleUse.tidy(now)

  expect(await singleUse.isClaimed('old', now - 1)).toBe(false)
  expect(await singleUse.isClaimed('young', later)).toBe(true)
})
