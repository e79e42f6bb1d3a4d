import type { Words } from './identity'

/** One remembered record: identity and content in four words, and the code of what was decided. */
export interface MemoryEntry {
  readonly words: Words
  /** See `decisions`; never 0. */
  readonly decision: number
}

export const wordsPerEntry = 5
export const bytesPerEntry = wordsPerEntry * 4

/** Little-endian, 20 bytes an entry. */
export function encodeEntries(entries: Iterable<MemoryEntry>, count: number): Buffer {
  const bytes = Buffer.alloc(count * bytesPerEntry)
  let at = 0
  for (const { words, decision } of entries) {
    for (const word of words) at = bytes.writeUInt32LE(word, at)
    at = bytes.writeUInt32LE(decision, at)
  }
  return bytes.subarray(0, at)
}

export function* decodeEntries(bytes: Buffer): Iterable<MemoryEntry> {
  for (let at = 0; at + bytesPerEntry <= bytes.length; at += bytesPerEntry) {
    const word = (index: number) => bytes.readUInt32LE(at + index * 4)
    yield { words: [word(0), word(1), word(2), word(3)], decision: word(4) }
  }
}

/** A compact, growing list of entries. */
export interface EntryLog {
  readonly size: number
  push(entry: MemoryEntry): void
  entries(): Iterable<MemoryEntry>
  clear(): void
}

export function createEntryLog(): EntryLog {
  let words = new Uint32Array(256 * wordsPerEntry)
  let size = 0
  return {
    get size() {
      return size
    },
    push(entry) {
      const at = size * wordsPerEntry
      if (at === words.length) {
        const grown = new Uint32Array(words.length * 2)
        grown.set(words)
        words = grown
      }
      words.set([...entry.words, entry.decision], at)
      size += 1
    },
    *entries() {
      for (let at = 0; at < size * wordsPerEntry; at += wordsPerEntry) yield entryAt(words, at)
    },
    clear() {
      words = new Uint32Array(256 * wordsPerEntry)
      size = 0
    },
  }
}

/** @param at index of the entry's first word */
export function entryAt(words: Uint32Array, at: number): MemoryEntry {
  const word = (index: number) => words[at + index] ?? 0
  return { words: [word(0), word(1), word(2), word(3)], decision: word(4) }
}
