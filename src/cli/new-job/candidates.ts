import { parseWallTime } from '../../instant'
import { timeNotation } from './leaves'
import type { Leaf, TimeNotation } from './leaves'

/** A field that could be the cursor, and how it is declared. */
export interface CursorCandidate {
  readonly path: string
  readonly notation: 'instant' | 'number'
  readonly time: TimeNotation
  /** True where the records of the page are in its order, which `incremental` needs. */
  readonly isAscending: boolean
}

/** Best first. */
const keyNames = [/^id$/i, /^uuid$/i, /(?:^|[._-])(?:id|uuid)$|Id$/, /code$|sku$|key$|number$|iata$/i]
const cursorNames = [/updated|modified|changed/i, /created|ordered|placed|occurred|sent|received/i]

/**
 * Fields whose values are present in every record, and different in each: what a primary key must be. With fewer than
 * two records nothing can be told apart, so a name must say it.
 */
export function keyCandidates(leaves: readonly Leaf[]): readonly string[] {
  const unique = leaves.filter(
    ({ shape, isMissing, values }) =>
      !isMissing &&
      (shape.kind === 'text' || (shape.kind === 'number' && shape.isWhole)) &&
      new Set(values).size === values.length,
  )
  const named = ranked(unique, keyNames)
  const count = leaves[0]?.values.length ?? 0
  const others = count < 2 ? [] : unique.filter((leaf) => !named.includes(leaf) && !timeNotation(leaf))
  return [...named, ...others].map(({ path }) => path)
}

/** The candidate that its name recommends; null where a person must choose. */
export function obviousKey(candidates: readonly string[]): string | null {
  const [first] = candidates
  return first !== undefined && keyNames.some((name) => name.test(lastName(first))) ? first : null
}

/** Fields that are present in every record and have an order: instants, and numbers that rise from record to record. */
export function cursorCandidates(leaves: readonly Leaf[]): readonly CursorCandidate[] {
  const whole = leaves.filter(({ isMissing }) => !isMissing)
  const times = ranked(
    whole.filter((leaf) => timeNotation(leaf) !== null),
    cursorNames,
    true,
  )
  const numbers = whole.filter(
    ({ shape, values }) => shape.kind === 'number' && shape.isWhole && values.length > 1,
  )
  return [
    ...times.map((leaf) => {
      const time = timeNotation(leaf)
      const isAscending = rises(leaf.values.map(momentOf))
      return { path: leaf.path, notation: 'instant' as const, time, isAscending }
    }),
    ...numbers
      .filter((leaf) => !times.includes(leaf) && risesStrictly(leaf.values))
      .map(({ path }) => ({ path, notation: 'number' as const, time: null, isAscending: true })),
  ]
}

function lastName(path: string): string {
  return path.split('.').at(-1) ?? path
}

function ranked(leaves: readonly Leaf[], names: readonly RegExp[], withOthers = false): readonly Leaf[] {
  const rank = ({ path }: Leaf) => {
    const index = names.findIndex((name) => name.test(lastName(path)))
    return index < 0 ? names.length : index
  }
  const known = withOthers ? leaves : leaves.filter((leaf) => rank(leaf) < names.length)
  return [...known].sort((one, other) => rank(one) - rank(other))
}

function momentOf(value: unknown): number {
  if (typeof value === 'number') return value
  const time = typeof value === 'string' ? parseWallTime(value) : null
  return time ? time.ms - (time.offsetMs ?? 0) + Number(`0.${time.fraction}0`) * 1000 : NaN
}

function rises(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || value >= (values[index - 1] ?? NaN))
}

function risesStrictly(values: readonly unknown[]): boolean {
  return (
    rises(values.map((value) => (typeof value === 'number' ? value : NaN))) &&
    new Set(values).size === values.length
  )
}
