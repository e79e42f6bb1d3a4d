import type { UpTo250, UpTo75 } from '../variable-number'

/** A dimension that a classification set can classify, by its usual name. */
export type ClassifiedVariable =
  `eVar${UpTo250}` | `prop${UpTo75}` | 'campaign' | 'page' | 'product' | 'server' | 'siteSection'

/**
 * The classification of one key: every declared column, no other. `null` leaves the stored value of a column as it is;
 * an empty text is what the option `emptyMeans` says.
 */
export type ClassificationRow<Column extends string = string> = {
  /** A value of the classified variable, such as a tracking code. */
  readonly key: string | number
} & Readonly<Record<Column, string | number | null>>

const numbered: Readonly<Record<string, number>> = { eVar: 250, prop: 75 }
const named = new Set(['campaign', 'page', 'product', 'server', 'siteSection'])

/** True where Adobe knows the variable. */
export function isClassifiedVariable(name: string): boolean {
  const match = /^(eVar|prop)([1-9]\d*)$/.exec(name)
  return match ? Number(match[2]) <= (numbered[match[1] ?? ''] ?? 0) : named.has(name)
}

/** The faults of a job's list of columns. */
export function columnsFaults(columns: readonly string[]): readonly string[] {
  if (columns.length === 0) return ['There is no column: a classification set has at least one.']
  return columns.flatMap((name, index) => {
    if (name === 'key') return ['The column "key" is the key itself; columns are the names in the set.']
    if (name === '' || name.trim() !== name)
      return [`The column "${name}" is empty or begins or ends with a space.`]
    return columns.indexOf(name) < index ? [`The column "${name}" is listed twice.`] : []
  })
}
