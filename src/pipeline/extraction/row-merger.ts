import { textHash } from './text-hash'
import { createWordTable } from './word-table'
import type { EncodedRow, Format, Reject, Semantics } from '../../destinations/destination'
import type { Hash } from './text-hash'

/**
 * Rows of one commit that have the same key must not both be sent. Upsert: their batches are sent in parallel, so equal repeats
 * merge into one row, and conflicting repeats are a reject. Append: rows add up, so that each repeat is a reject, unless
 * the format puts rows of a key together once they are sorted, or a person has them sent all the same. Rows without a key
 * pass as they are.
 */
export interface RowMerger {
  merge(rows: readonly EncodedRow[]): Merged
  /** Frees the memory of the keys: no record of the commit follows. */
  forget(): void
}

type Merged = { readonly kind: 'rows'; readonly rows: readonly EncodedRow[] } | Reject

/** A key, and the hash of the line that came with it. */
const wordsPerKey = 4

/** @param isReplay a person asked for rejects to be sent, repeats among them */
export function createRowMerger(
  semantics: Semantics,
  { merge }: Pick<Format, 'merge'>,
  isReplay: boolean,
): RowMerger {
  const passes = merge !== undefined || (semantics === 'append' && isReplay)
  if (passes) return { merge: (rows) => ({ kind: 'rows', rows }), forget: () => undefined }
  let lines = createWordTable(wordsPerKey)

  /** The hash of the line that a key came with before; null where the key is new. */
  function lineOf(key: Hash): Hash | null {
    const known = lines.find(...key)
    return known && [known.words[known.at + 2] ?? 0, known.words[known.at + 3] ?? 0]
  }

  function put({ key, line }: HashedRow): void {
    const { words, at } = lines.claim(...key)
    words.set(line, at + 2)
  }

  /** Null where the key did not come before. */
  function repeatOf(
    row: EncodedRow,
    { key, line }: HashedRow,
    own: readonly HashedRow[],
  ): 'same' | Reject | null {
    const before = lineOf(key) ?? own.find((other) => isEqual(other.key, key))?.line
    if (!before) return null
    if (semantics === 'append') return repeated(row)
    return isEqual(before, line) ? 'same' : conflicting(row)
  }

  function merged(rows: readonly EncodedRow[]): Merged {
    if (rows.every(({ rowKey }) => rowKey === undefined)) return { kind: 'rows', rows }
    const own: HashedRow[] = []
    const passing: EncodedRow[] = []
    for (const row of rows) {
      if (row.rowKey === undefined) {
        passing.push(row)
        continue
      }
      const hashed = { key: textHash(row.rowKey), line: textHash(row.line) }
      const repeat = repeatOf(row, hashed, own)
      if (repeat === 'same') continue
      if (repeat) return repeat
      own.push(hashed)
      passing.push(row)
    }
    // Only now: the rows of a record that is rejected leave their keys free.
    for (const row of own) put(row)
    return { kind: 'rows', rows: passing }
  }

  return {
    merge: merged,
    forget() {
      lines = createWordTable(wordsPerKey)
    },
  }
}

/** The hashes of a row's key and line. */
interface HashedRow {
  readonly key: Hash
  readonly line: Hash
}

function isEqual(a: Hash, b: Hash): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

function conflicting({ rowKey = '' }: EncodedRow): Reject {
  const message = `the key "${rowKey}" came before in the same commit with other values`
  return { kind: 'reject', code: 'row-key-conflict', path: '', message }
}

function repeated({ rowKey = '' }: EncodedRow): Reject {
  const message = `the key "${rowKey}" came before in the same commit, and both rows would add up`
  return { kind: 'reject', code: 'row-repeated', path: '', message }
}
