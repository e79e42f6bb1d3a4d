/**
 * A compact map from 64-bit keys to slots of 32-bit words, so that millions of keys fit into a small action. Slots lie
 * behind each other in blocks of one size, which are never copied, and an index of slot numbers finds them: growth leaves
 * no large array to the garbage collector, and no hole that only a smaller array fits into.
 */
export interface WordTable {
  readonly size: number
  find(high: number, low: number): Slot | null
  /** The slot of a key, which is new where its words behind the key are 0. */
  claim(high: number, low: number): Slot
  /** In the order in which the keys were claimed. */
  slots(): Iterable<Slot>
}

/** The first two words are the key. */
export interface Slot {
  readonly words: Uint32Array
  /** Index of its first word. */
  readonly at: number
}

const blockSlots = 1024

/** @param slotWords words of a slot */
export function createWordTable(slotWords: number): WordTable {
  const blocks: Uint32Array[] = []
  const index = createSlotIndex(slotAt)
  let size = 0

  function slotAt(number: number): Slot {
    const words = blocks[Math.floor(number / blockSlots)]
    if (!words) throw new RangeError(`There is no slot ${number}.`)
    return { words, at: (number % blockSlots) * slotWords }
  }

  return {
    get size() {
      return size
    },
    find(high, low) {
      const number = index.find(high, low)
      return number === null ? null : slotAt(number)
    },
    claim(high, low) {
      const known = index.find(high, low)
      if (known !== null) return slotAt(known)
      if (size % blockSlots === 0) blocks.push(new Uint32Array(blockSlots * slotWords))
      const slot = slotAt(size)
      slot.words[slot.at] = high
      slot.words[slot.at + 1] = low
      index.add(size, high, low)
      size += 1
      return slot
    },
    *slots() {
      for (let number = 0; number < size; number += 1) yield slotAt(number)
    },
  }
}

/** Finds the number of a slot by its key. */
interface SlotIndex {
  find(high: number, low: number): number | null
  /** @param number of a slot whose key is not yet in the index */
  add(number: number, high: number, low: number): void
}

const shardBits = 6
const firstCapacity = 16
const growth = 1.5
const fullest = 0.75

interface Shard {
  /** Slot numbers plus one; 0 is free. */
  numbers: Uint32Array
  used: number
}

/** Open addressing, half to three quarters full. Sharded by the key, so that growth copies only a small part at a time. */
function createSlotIndex(slotAt: (number: number) => Slot): SlotIndex {
  const shards = new Array<Shard | undefined>(2 ** shardBits).fill(undefined)
  const shardOf = (high: number) => high >>> (32 - shardBits)

  /** Index of the key's number, or of the free place where it belongs. */
  function place(numbers: Uint32Array, high: number, low: number): number {
    let at = ((high ^ low) >>> 0) % numbers.length
    for (let stored = numbers[at]; stored; stored = numbers[at]) {
      const slot = slotAt(stored - 1)
      if (slot.words[slot.at] === high && slot.words[slot.at + 1] === low) break
      at = at + 1 === numbers.length ? 0 : at + 1
    }
    return at
  }

  function grown(before: Uint32Array): Uint32Array {
    const numbers = new Uint32Array(Math.ceil(before.length * growth))
    for (const stored of before) {
      if (stored === 0) continue
      const { words, at } = slotAt(stored - 1)
      numbers[place(numbers, words[at] ?? 0, words[at + 1] ?? 0)] = stored
    }
    return numbers
  }

  return {
    find(high, low) {
      const numbers = shards[shardOf(high)]?.numbers
      const stored = numbers?.[place(numbers, high, low)] ?? 0
      return stored === 0 ? null : stored - 1
    },
    add(number, high, low) {
      const shard = (shards[shardOf(high)] ??= { numbers: new Uint32Array(firstCapacity), used: 0 })
      if (shard.used >= shard.numbers.length * fullest) shard.numbers = grown(shard.numbers)
      shard.numbers[place(shard.numbers, high, low)] = number + 1
      shard.used += 1
    },
  }
}
