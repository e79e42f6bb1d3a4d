import type { EncodedRow, Partitioning } from '../../destinations/destination'
import type { StateDocument } from '../../state/state-document'

/** High-water marks of one commit: a row before the newest of its partition is late. */
export interface Marks {
  /** Counts the late rows of a record without moving a mark. */
  countLate(rows: readonly EncodedRow[]): number
  raise(rows: readonly EncodedRow[]): void
  /** The marks that this commit moves, by the name of the partition. */
  moved(): Readonly<Record<string, number>>
}

/** @param sorts rows will be sorted: they can only be late against what was committed before */
export function createMarks(
  partitions: StateDocument['partitions'],
  { count, name }: Partitioning,
  sorts: boolean,
): Marks {
  const committed = Array.from({ length: count }, (_, index) => partitions[name(index)]?.mark ?? -Infinity)
  const newest = [...committed]

  return {
    countLate(rows) {
      const isAlone = rows.length === 1
      const current = sorts ? committed : isAlone ? newest : [...newest]
      let late = 0
      for (const { partition, order } of rows) {
        if (order < (current[partition] ?? -Infinity)) late += 1
        else if (!sorts && !isAlone) current[partition] = order
      }
      return late
    },
    raise(rows) {
      for (const { partition, order } of rows) {
        if (order > (newest[partition] ?? -Infinity)) newest[partition] = order
      }
    },
    moved: () =>
      Object.fromEntries(
        newest.flatMap((mark, index) =>
          mark > (committed[index] ?? -Infinity) ? [[name(index), mark] as const] : [],
        ),
      ),
  }
}
