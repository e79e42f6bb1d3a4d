import { createHash } from 'node:crypto'
import { createKeyTable } from './key-table'
import { decisions } from './decision'
import type { EncodedRow, Reject, Semantics } from '../../destinations/destination'

/**
 * Upsert batches of one commit are sent in parallel, so a key must not come twice with different values: equal repeats
 * merge into one row, conflicting repeats are a reject. Rows of append destinations pass as they are.
 */
export interface RowMerger {
  merge(rows: readonly EncodedRow[]): { readonly kind: 'rows'; readonly rows: readonly EncodedRow[] } | Reject
}

export function createRowMerger(semantics: Semantics): RowMerger {
  if (semantics === 'append') return { merge: (rows) => ({ kind: 'rows', rows }) }
  const lines = createKeyTable()

  function seen({ rowKey = '', line }: EncodedRow): 'new' | 'same' | 'other' {
    const [a, b] = wordsOf(rowKey)
    const [c, d] = wordsOf(line)
    const known = lines.find(a, b)
    if (known) return known.words[2] === c && known.words[3] === d ? 'same' : 'other'
    return 'new'
  }

  return {
    merge(rows) {
      const conflict = rows.find((row) => seen(row) === 'other')
      if (conflict) return conflicting(conflict.rowKey ?? '')
      const added = rows.filter((row) => seen(row) === 'new')
      for (const { rowKey = '', line } of added) {
        lines.put({ words: [...wordsOf(rowKey), ...wordsOf(line)], decision: decisions.sent, place: 0 })
      }
      return { kind: 'rows', rows: added }
    },
  }
}

function wordsOf(text: string): readonly [number, number] {
  const digest = createHash('sha256').update(text).digest()
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)]
}

function conflicting(key: string): Reject {
  const message = `the key "${key}" came before in the same commit with other values`
  return { kind: 'reject', code: 'row-key-conflict', path: '', message }
}
