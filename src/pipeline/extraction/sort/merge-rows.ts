import type { EncodedRow, Format } from '../../../destinations/destination'

/**
 * Merges adjacent rows of the same key, where the format can: in sorted rows, those are all rows of that key.
 */
export async function* mergeRows(
  blocks: Iterable<readonly EncodedRow[]> | AsyncIterable<readonly EncodedRow[]>,
  { merge }: Pick<Format, 'merge'>,
): AsyncIterable<readonly EncodedRow[]> {
  if (!merge) {
    yield* blocks
    return
  }
  let last: EncodedRow | null = null
  for await (const block of blocks) {
    const merged: EncodedRow[] = []
    for (const row of block) {
      if (last?.rowKey !== undefined && last.rowKey === row.rowKey) last = merge(last, row)
      else {
        if (last) merged.push(last)
        last = row
      }
    }
    yield merged
  }
  if (last) yield [last]
}
