/**
 * A compact map from 64-bit keys to slots of 32-bit words: open addressing in typed arrays, half to three quarters full,
 * so that millions of keys fit into a small action. Sharded, so that growth copies only a small part at a time.
 */
export interface WordTable {
  readonly size: number
  find(high: number, low: number): Slot | null
  /** The slot of a key, which is new where its words behind the key are 0; its mark must be set at once. */
  claim(high: number, low: number): Slot
  slots(): Iterable<Slot>
}

/** Valid until the next claim. The first two words are the key. */
export interface Slot {
  readonly words: Uint32Array
  /** Index of its first word. */
  readonly at: number
}

const shardBits = 6
const firstCapacity = 16
const growth = 1.5
const fullest = 0.75

/** @param slotWords words of a slot; `mark`: index of the one that is never 0 where the slot is used */
export function createWordTable(slotWords: number, mark: number): WordTable {
  /** Made when they are first claimed from: most tables of a tick stay empty. */
  const shards = new Array<WordTable | undefined>(2 ** shardBits).fill(undefined)
  const indexOf = (high: number) => high >>> (32 - shardBits)

  return {
    get size() {
      return shards.reduce((sum, shard) => sum + (shard?.size ?? 0), 0)
    },
    find: (high, low) => shards[indexOf(high)]?.find(high, low) ?? null,
    claim: (high, low) => (shards[indexOf(high)] ??= createShard(slotWords, mark)).claim(high, low),
    *slots() {
      for (const shard of shards) if (shard) yield* shard.slots()
    },
  }
}

function createShard(slotWords: number, mark: number): WordTable {
  let capacity = firstCapacity
  let words = new Uint32Array(capacity * slotWords)
  let size = 0

  const isUsed = (at: number) => words[at + mark] !== 0
  const isOther = (at: number, high: number, low: number) => words[at] !== high || words[at + 1] !== low

  function place(high: number, low: number): number {
    let slot = ((high ^ low) >>> 0) % capacity
    while (isUsed(slot * slotWords) && isOther(slot * slotWords, high, low)) {
      slot = slot + 1 === capacity ? 0 : slot + 1
    }
    return slot * slotWords
  }

  function grow(): void {
    const before = words
    capacity = Math.ceil(capacity * growth)
    words = new Uint32Array(capacity * slotWords)
    for (let at = 0; at < before.length; at += slotWords) {
      if (before[at + mark] === 0) continue
      words.set(before.subarray(at, at + slotWords), place(before[at] ?? 0, before[at + 1] ?? 0))
    }
  }

  return {
    get size() {
      return size
    },
    find(high, low) {
      const at = place(high, low)
      return isUsed(at) ? { words, at } : null
    },
    claim(high, low) {
      if (size >= capacity * fullest) grow()
      const at = place(high, low)
      if (!isUsed(at)) {
        size += 1
        words[at] = high
        words[at + 1] = low
      }
      return { words, at }
    },
    *slots() {
      for (let at = 0; at < words.length; at += slotWords) if (isUsed(at)) yield { words, at }
    },
  }
}
