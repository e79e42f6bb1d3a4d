import { entryAt, setEntry, wordsPerEntry } from './memory-entries'
import type { MemoryEntry } from './memory-entries'

/**
 * A compact map from 64-bit keys to entries: open addressing in typed arrays, so that millions of keys fit into a small
 * action (28 bytes a key, half to three quarters full). Sharded, so that growth copies only a small part at a time.
 */
export interface KeyTable {
  readonly size: number
  find(high: number, low: number): MemoryEntry | null
  put(entry: MemoryEntry): void
  entries(): Iterable<MemoryEntry>
}

const shardBits = 6
const firstCapacity = 16
const growth = 1.5
const fullest = 0.75

export function createKeyTable(): KeyTable {
  const shards = Array.from({ length: 2 ** shardBits }, createShard)
  const [firstShard = createShard()] = shards
  const shardOf = (high: number) => shards[high >>> (32 - shardBits)] ?? firstShard

  return {
    get size() {
      return shards.reduce((sum, shard) => sum + shard.size, 0)
    },
    find: (high, low) => shardOf(high).find(high, low),
    put: (entry) => shardOf(entry.words[0]).put(entry),
    *entries() {
      for (const shard of shards) yield* shard.entries()
    },
  }
}

function createShard(): KeyTable {
  let capacity = firstCapacity
  let slots = new Uint32Array(capacity * wordsPerEntry)
  let size = 0

  /** A used slot has a decision, which is never 0. */
  const isUsed = (slot: number) => slots[slot * wordsPerEntry + 4] !== 0

  function slotOf(high: number, low: number): number {
    let slot = ((high ^ low) >>> 0) % capacity
    while (
      isUsed(slot) &&
      (slots[slot * wordsPerEntry] !== high || slots[slot * wordsPerEntry + 1] !== low)
    ) {
      slot = slot + 1 === capacity ? 0 : slot + 1
    }
    return slot
  }

  function grow(): void {
    const before = slots
    capacity = Math.ceil(capacity * growth)
    slots = new Uint32Array(capacity * wordsPerEntry)
    for (let at = 0; at < before.length; at += wordsPerEntry) {
      if (before[at + 4] === 0) continue
      const slot = slotOf(before[at] ?? 0, before[at + 1] ?? 0)
      slots.set(before.subarray(at, at + wordsPerEntry), slot * wordsPerEntry)
    }
  }

  return {
    get size() {
      return size
    },
    find(high, low) {
      const slot = slotOf(high, low)
      return isUsed(slot) ? entryAt(slots, slot * wordsPerEntry) : null
    },
    put(entry) {
      if (size >= capacity * fullest) grow()
      const slot = slotOf(entry.words[0], entry.words[1])
      if (!isUsed(slot)) size += 1
      setEntry(slots, slot * wordsPerEntry, entry)
    },
    *entries() {
      for (let at = 0; at < slots.length; at += wordsPerEntry) {
        if (slots[at + 4] !== 0) yield entryAt(slots, at)
      }
    },
  }
}
