import * as z from 'zod'
import { parseOptions } from '../options'
import { ChangePolicy, LatePolicy, PositiveDurationMs, PrimaryKey } from './declaration'
import { optionFaults } from './option-rules'
import type { ChangeOf, KeyOf, LookbackRule, OnChangeRule } from './option-rules'
import type { Duration, Incremental, Late, OnChange, PageCursor, RecordCursor } from './sync'

type AnyCursor = RecordCursor | PageCursor

export interface IncrementalOptions<
  Cursor extends AnyCursor,
  Key extends string,
  Lookback,
  Change extends OnChange,
> {
  /** The place of a record in the source's order: `instant`, `number`, `text`, or `pageCursor`. */
  readonly cursor: Cursor
  /** The field or fields by which a record is the same record. Default: its whole content. */
  readonly primaryKey?: Key | readonly [Key, ...Key[]]
  /** How far before the cursor each run reads again, to find late and changed records. */
  readonly lookback?: Lookback & LookbackRule<Cursor, Key, Lookback>
  /** Policy for a record that was sent before and comes again with other content. Default `ignore`. */
  readonly onChange?: Change & OnChangeRule<Cursor, Key, Lookback>
  /** Policy for a row older than rows that its partition has already sent. Default `send`. */
  readonly late?: Late
}

/** {@link Incremental} with its literal types. */
export interface IncrementalOf<
  Cursor extends AnyCursor,
  Key extends string,
  Change extends OnChange,
> extends Incremental {
  readonly cursor: Cursor
  readonly primaryKey: KeyOf<Key>
  readonly onChange: ChangeOf<Change>
}

const anyCursor = z.custom<AnyCursor>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value,
  'must be instant(…), number(…), text(…) or pageCursor()',
)
const Options = z.strictObject({
  cursor: anyCursor,
  primaryKey: PrimaryKey.nullable().default(null),
  lookback: z
    .union([PositiveDurationMs, z.number().positive()], {
      error: 'must be a duration longer than nothing, or a positive distance',
    })
    .nullable()
    .default(null),
  onChange: ChangePolicy.default('ignore'),
  late: LatePolicy.default('send'),
})

/** Each run reads the records at and after the cursor. */
export function incremental<
  const Cursor extends AnyCursor,
  const Key extends string = never,
  const Lookback extends Duration | number = never,
  const Change extends OnChange = never,
>(given: IncrementalOptions<Cursor, Key, Lookback, Change>): IncrementalOf<Cursor, Key, Change> {
  const { options, faults } = parseOptions('incremental', Options, given)
  const mismatches = options ? optionFaults('incremental', { ...given, cursor: options.cursor }) : []
  const { primaryKey = null, lookback = null, onChange = 'ignore', late = 'send' } = options ?? {}
  const sync: Incremental = {
    mode: 'incremental',
    cursor: options?.cursor ?? { kind: 'page' },
    primaryKey,
    lookback,
    onChange,
    late,
    faults: [...faults, ...mismatches],
  }
  return sync as IncrementalOf<Cursor, Key, Change>
}
