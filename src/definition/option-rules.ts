import type { Mistake } from '../mistake'
import type { Duration, OnChange, PageCursor, RecordCursor } from './sync'

/**
 * Rules between the options of a sync mode. A rule is `unknown`, which every value satisfies, or a mistake.
 * `Key` and `Lookback` are `never` where the option is not given.
 */
export type LookbackRule<Cursor, Key, Lookback> = [Key] extends [never]
  ? Mistake<'A lookback reads records again: without a primaryKey a changed record cannot be recognised.'>
  : Cursor extends PageCursor | RecordCursor<string, 'text'>
    ? Mistake<'A lookback needs an instant or number cursor: a text or a page has nothing to subtract from.'>
    : Cursor extends RecordCursor<string, 'number'>
      ? Lookback extends number
        ? unknown
        : Mistake<'The lookback of a number cursor is a number: how far to go back.'>
      : DurationRule<Lookback>

type DurationRule<Given> = Given extends Duration
  ? [Exclude<keyof Given, keyof Duration>] extends [never]
    ? unknown
    : Mistake<'A duration has days, hours and minutes.'>
  : Mistake<'A duration is written like { days: 1, hours: 12 }.'>

export type OnChangeRule<Cursor, Key, Lookback> = [Key] extends [never]
  ? Mistake<'onChange needs a primaryKey: without one a changed record is another record.'>
  : Cursor extends PageCursor
    ? Mistake<'onChange has no effect with a page cursor: no page is read twice.'>
    : Cursor extends RecordCursor<string, 'text'>
      ? unknown
      : [Lookback] extends [never]
        ? Mistake<'onChange has no effect without a lookback: a record that was sent is not read again.'>
        : unknown

export type KeyOf<Key extends string> = [Key] extends [never] ? null : readonly Key[]
export type ChangeOf<Change extends OnChange> = [Change] extends [never] ? 'ignore' : Change

interface Given {
  readonly cursor: RecordCursor | PageCursor
  readonly primaryKey?: unknown
  readonly lookback?: unknown
  readonly onChange?: unknown
}

/** The same rules for options that the compiler did not check. */
export function optionFaults(what: string, { cursor, primaryKey, lookback, onChange }: Given): string[] {
  const notation = cursor.kind === 'page' ? 'page' : cursor.notation
  const keyless = primaryKey === undefined
  const lookbackFault = (): string | null => {
    if (keyless) return '"lookback" needs a "primaryKey"'
    if (notation === 'page' || notation === 'text') return '"lookback" needs an instant or number cursor'
    if (notation === 'number') return typeof lookback === 'number' ? null : '"lookback" must be a number'
    return typeof lookback === 'object' ? null : '"lookback" must be a duration, such as { days: 1 }'
  }
  const onChangeFault = (): string | null => {
    if (keyless) return '"onChange" needs a "primaryKey"'
    if (notation === 'page') return '"onChange" has no effect with a page cursor'
    return notation === 'text' || lookback !== undefined
      ? null
      : '"onChange" has no effect without "lookback"'
  }
  return [
    lookback === undefined ? null : lookbackFault(),
    onChange === undefined ? null : onChangeFault(),
  ].flatMap((fault) => (fault === null ? [] : [`${what}: ${fault}`]))
}
