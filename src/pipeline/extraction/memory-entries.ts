import type { Words } from './identity'
import type { Hash } from './text-hash'

/** One remembered record: identity and content in four words, the decision, and the place of its cursor. */
export interface MemoryEntry {
  readonly words: Words
  /** See `decisions`; never 0. */
  readonly decision: number
  /** Its cursor as a number: ms for instants; 0 where cursors are no numbers. Measures a lookback's distance. */
  readonly place: number
  /** Keyless records that parse: their declared content, by which they are known where they no longer parse. */
  readonly declared?: Hash | undefined
}

export const wordsPerEntry = 7

/** Of stored entries: keyless ones end with the declared content, two more words. */
const bytesOf = (keyed: boolean) => (keyed ? 28 : 36)

/**
 * At most `count` entries as they are stored, little-endian: five words, the place as a double, then the declared
 * content of keyless ones, zeros where it is absent.
 */
export function encodeEntries(entries: Iterable<MemoryEntry>, count: number, keyed: boolean): Buffer {
  const bytes = Buffer.alloc(count * bytesOf(keyed))
  let at = 0
  for (const { words, decision, place, declared = [0, 0] } of entries) {
    for (const word of words) at = bytes.writeUInt32LE(word, at)
    at = bytes.writeUInt32LE(decision, at)
    at = bytes.writeDoubleLE(place, at)
    if (!keyed) for (const word of declared) at = bytes.writeUInt32LE(word, at)
    if (at === bytes.length) break
  }
  return bytes.subarray(0, at)
}

export function* decodeEntries(bytes: Buffer, keyed: boolean): Iterable<MemoryEntry> {
  const bytesPerEntry = bytesOf(keyed)
  for (let at = 0; at + bytesPerEntry <= bytes.length; at += bytesPerEntry) {
    const word = (index: number) => bytes.readUInt32LE(at + index * 4)
    yield {
      words: [word(0), word(1), word(2), word(3)],
      decision: word(4),
      place: bytes.readDoubleLE(at + 20),
      ...(keyed || word(7) === 0 ? {} : { declared: [word(7), word(8)] }),
    }
  }
}

const double = new DataView(new ArrayBuffer(8))

/** @param at index of the entry's first word; `isPlaced`: false where no place is stored, which is 0 then */
export function entryAt(words: Uint32Array, at: number, isPlaced = true): MemoryEntry {
  const word = (index: number) => words[at + index] ?? 0
  double.setUint32(0, isPlaced ? word(5) : 0)
  double.setUint32(4, isPlaced ? word(6) : 0)
  return {
    words: [word(0), word(1), word(2), word(3)],
    decision: word(4),
    place: double.getFloat64(0),
  }
}

/** @param at index of the entry's first word; `isPlaced`: false where the place is 0 and not stored */
export function setEntry(
  target: Uint32Array,
  at: number,
  { words, decision, place }: MemoryEntry,
  isPlaced = true,
): void {
  target.set([...words, decision], at)
  if (!isPlaced) return
  double.setFloat64(0, place)
  target.set([double.getUint32(0), double.getUint32(4)], at + 5)
}

/** A compact list of entries that grows by blocks, without copying. */
export interface EntryLog {
  readonly size: number
  push(entry: MemoryEntry): void
  entries(): Iterable<MemoryEntry>
  clear(): void
}

export function createEntryLog(): EntryLog {
  let blocks: Uint32Array[] = []
  let size = 0
  return {
    get size() {
      return size
    },
    push(entry) {
      const at = size % blockEntries
      if (at === 0) blocks.push(new Uint32Array(blockEntries * wordsPerEntry))
      const block = blocks.at(-1)
      if (block) setEntry(block, at * wordsPerEntry, entry)
      size += 1
    },
    *entries() {
      for (const [index, block] of blocks.entries()) {
        const used = Math.min(blockEntries, size - index * blockEntries)
        for (let at = 0; at < used; at += 1) yield entryAt(block, at * wordsPerEntry)
      }
    },
    clear() {
      blocks = []
      size = 0
    },
  }
}

const blockEntries = 4096
