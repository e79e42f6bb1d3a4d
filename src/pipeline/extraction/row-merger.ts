import { createHash } from 'node:crypto'
import { createWordTable } from './word-table'
import type { EncodedRow, Format, Reject, Semantics } from '../../destinations/destination'

/**
 * Rows of one commit that have the same key must not both be sent. Upsert: their batches are sent in parallel, so equal repeats
 * merge into one row, and conflicting repeats are a reject. Append: rows add up, so that each repeat is a reject, unless
 * the format puts rows of a key together once they are sorted, or a person has them sent all the same. Rows without a key
 * pass as they are.
 */
export interface RowMerger {
  merge(rows: readonly EncodedRow[]): { readonly kind: 'rows'; readonly rows: readonly EncodedRow[] } | Reject
}

/** @param isReplay a person asked for rejects to be sent, repeats among them */
export function createRowMerger(
  semantics: Semantics,
  { merge }: Pick<Format, 'merge'>,
  isReplay: boolean,
): RowMerger {
  const passes = merge !== undefined || (semantics === 'append' && isReplay)
  if (passes) return { merge: (rows) => ({ kind: 'rows', rows }) }
  // A key and the hash of its line, whose last word is never 0.
  const lines = createWordTable(4, 3)

  function seen({ rowKey = '', line }: EncodedRow): 'new' | 'same' | 'other' {
    const [a, b] = wordsOf(rowKey)
    const [c, d] = wordsOf(line)
    const known = lines.find(a, b)
    if (!known) return 'new'
    return known.words[known.at + 2] === c && known.words[known.at + 3] === marked(d) ? 'same' : 'other'
  }

  function put({ rowKey = '', line }: EncodedRow): void {
    const [c, d] = wordsOf(line)
    const { words, at } = lines.claim(...wordsOf(rowKey))
    words.set([c, marked(d)], at + 2)
  }

  function faultOf(keyed: readonly EncodedRow[]): Reject | null {
    if (semantics === 'upsert') {
      const conflict = keyed.find((row) => seen(row) === 'other')
      return conflict ? conflicting(conflict) : null
    }
    const repeat = keyed.find(
      (row, at) => seen(row) !== 'new' || keyed.findIndex(({ rowKey }) => rowKey === row.rowKey) < at,
    )
    return repeat ? repeated(repeat) : null
  }

  return {
    merge(rows) {
      if (semantics === 'append' && rows.every(hasNoKey)) return { kind: 'rows', rows }
      const keyed = rows.filter((row) => semantics === 'upsert' || !hasNoKey(row))
      const fault = faultOf(keyed)
      if (fault) return fault
      const added = rows.filter((row) => !keyed.includes(row) || seen(row) === 'new')
      for (const row of added) if (keyed.includes(row)) put(row)
      return { kind: 'rows', rows: added }
    },
  }
}

function hasNoKey({ rowKey }: EncodedRow): boolean {
  return rowKey === undefined
}

/** Never 0. */
function marked(word: number): number {
  return (word | 1) >>> 0
}

function wordsOf(text: string): readonly [number, number] {
  const digest = createHash('sha256').update(text).digest()
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)]
}

function conflicting({ rowKey = '' }: EncodedRow): Reject {
  const message = `the key "${rowKey}" came before in the same commit with other values`
  return { kind: 'reject', code: 'row-key-conflict', path: '', message }
}

function repeated({ rowKey = '' }: EncodedRow): Reject {
  const message = `the key "${rowKey}" came before in the same commit, and both rows would add up`
  return { kind: 'reject', code: 'row-repeated', path: '', message }
}
