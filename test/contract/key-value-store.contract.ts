import type { KeyValueStore } from '../../src/state/key-value-store'
import type { VirtualClock } from '../fixtures/virtual-clock'

export interface KeyValueStoreSubject {
  readonly store: KeyValueStore
  /** By which the store lets keys expire. */
  readonly clock: VirtualClock
}

/** What every key-value store promises. Each test uses keys of its own. */
export function keyValueStoreContract(subject: () => KeyValueStoreSubject): void {
  it('returns the value that was put', async () => {
    const { store } = subject()

    await store.put('token/v1:example', 'value with "quotes" and ümlauts', 60)

    expect(await store.get('token/v1:example')).toBe('value with "quotes" and ümlauts')
  })

  it('replaces the value of a key', async () => {
    const { store } = subject()
    await store.put('replaced', 'old', 60)

    await store.put('replaced', 'new', 60)

    expect(await store.get('replaced')).toBe('new')
  })

  it('distinguishes keys that differ in one special character', async () => {
    const { store } = subject()
    await store.put('tenant/a', 'slash', 60)

    await store.put('tenant:a', 'colon', 60)

    expect(await store.get('tenant/a')).toBe('slash')
  })

  it('returns null for a missing key', async () => {
    const { store } = subject()

    expect(await store.get('never put')).toBeNull()
  })

  it('distinguishes an empty value from a missing key', async () => {
    const { store } = subject()

    await store.put('empty', '', 60)

    expect(await store.get('empty')).toBe('')
  })

  it('forgets a key once its time to live is over, and not before', async () => {
    const { store, clock } = subject()
    await store.put('short-lived', 'value', 60)

    await clock.advance(59_000)
    const before = await store.get('short-lived')
    await clock.advance(2_000)

    expect(before).toBe('value')
    expect(await store.get('short-lived')).toBeNull()
  })

  it('forgets a deleted key', async () => {
    const { store } = subject()
    await store.put('deleted', 'value', 60)

    await store.delete('deleted')

    expect(await store.get('deleted')).toBeNull()
  })

  it('accepts the deletion of a missing key (idempotent)', async () => {
    const { store } = subject()

    await expect(store.delete('never put either')).resolves.toBeUndefined()
  })
}
