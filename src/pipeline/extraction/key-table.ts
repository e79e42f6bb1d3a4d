import { entryAt, setEntry, wordsPerEntry } from './memory-entries'
import { createWordTable } from './word-table'
import type { MemoryEntry } from './memory-entries'

/** A compact map from 64-bit keys to entries, of 28 bytes each, or of 20 where entries have no place. */
export interface KeyTable {
  readonly size: number
  find(high: number, low: number): MemoryEntry | null
  put(entry: MemoryEntry): void
  entries(): Iterable<MemoryEntry>
}

/** Index of the decision, which is never 0. */
const decisionWord = 4

/** @param isPlaced false where the place of every entry is 0 */
export function createKeyTable(isPlaced = true): KeyTable {
  const slotWords = isPlaced ? wordsPerEntry : decisionWord + 1
  const table = createWordTable(slotWords)
  return {
    get size() {
      return table.size
    },
    find(high, low) {
      const slot = table.find(high, low)
      return slot && entryAt(slot.words, slot.at, isPlaced)
    },
    put(entry) {
      const slot = table.claim(entry.words[0], entry.words[1])
      setEntry(slot.words, slot.at, entry, isPlaced)
    },
    *entries() {
      for (const { words, at } of table.slots()) yield entryAt(words, at, isPlaced)
    },
  }
}
