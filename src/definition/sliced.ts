import * as z from 'zod'
import { parseInstant } from '../instant'
import { parseOptions } from '../options'
import { ChangePolicy, DurationMs, LatePolicy, PositiveDurationMs, PrimaryKey, TimeZone } from './declaration'
import { optionFaults } from './option-rules'
import type { Mistake } from '../mistake'
import type { ChangeOf, KeyOf, LookbackRule, OnChangeRule } from './option-rules'
import type { Duration, Late, OnChange, RecordCursor, Sliced } from './sync'

type InstantCursor = RecordCursor<string, 'instant'>

export interface SlicedOptions<
  Cursor extends InstantCursor,
  Start extends string,
  Key extends string,
  Lookback,
  Change extends OnChange,
> {
  /** How long a slice is. */
  readonly every: Sliced['every']
  /** IANA zone in which days, weeks and months begin. */
  readonly timeZone: string
  /** Where the first slice begins: an ISO 8601 date in that zone, or an instant. */
  readonly start: Start & StartRule<Start>
  /** The instant by which a record belongs to a slice: `instant(…)`. */
  readonly cursor: Cursor
  /** How long after the end of a slice its records still arrive at the source. Default: 0. */
  readonly lag?: Duration
  /** The most slices that one run extracts. Default: as many as its time allows. */
  readonly slicesPerRun?: number
  /** The field or fields by which a record is the same record. Default: its whole content. */
  readonly primaryKey?: Key | readonly [Key, ...Key[]]
  /** How far before its beginning each slice reads again, to find late and changed records. */
  readonly lookback?: Lookback & LookbackRule<Cursor, Key, Lookback>
  /** Policy for a record that was sent before and comes again with other content. Default `ignore`. */
  readonly onChange?: Change & OnChangeRule<Cursor, Key, Lookback>
  /** Policy for a row older than rows that its partition has already sent. Default `send`. */
  readonly late?: Late
  /** True where the source delivers a slice in time order: rows are not sorted on disk. Default false. */
  readonly ordered?: boolean
}

type IsoDate = `${number}-${number}-${number}`
type Offset = 'Z' | `${'+' | '-'}${number}:${number}`
type StartRule<Start extends string> = string extends Start
  ? unknown
  : Start extends IsoDate | `${IsoDate}T${string}${Offset}`
    ? unknown
    : Mistake<'A start is a date like 2026-01-31, or an instant like 2026-01-31T06:00:00Z.'>

/** {@link Sliced} with its literal types. */
export interface SlicedOf<
  Cursor extends InstantCursor,
  Key extends string,
  Change extends OnChange,
> extends Sliced {
  readonly cursor: Cursor
  readonly primaryKey: KeyOf<Key>
  readonly onChange: ChangeOf<Change>
}

const instantCursor = z.custom<InstantCursor>(
  (value) =>
    typeof value === 'object' && value !== null && 'notation' in value && value.notation === 'instant',
  'must be instant(…)',
)
const Options = z
  .strictObject({
    every: z.enum(['hour', 'day', 'week', 'month'], { error: 'must be "hour", "day", "week" or "month"' }),
    timeZone: TimeZone,
    start: z.string({ error: 'must be a date or an instant' }),
    cursor: instantCursor,
    lag: DurationMs.default(0),
    slicesPerRun: z.int('must be a whole number').positive('must be at least 1').nullable().default(null),
    primaryKey: PrimaryKey.nullable().default(null),
    lookback: PositiveDurationMs.nullable().default(null),
    onChange: ChangePolicy.default('ignore'),
    late: LatePolicy.default('send'),
    ordered: z.boolean('must be true or false').default(false),
  })
  .refine(({ start, timeZone }) => parseInstant(start, timeZone) !== null, {
    path: ['start'],
    error: 'must be an ISO 8601 date, or an instant with its offset, such as 2026-01-31T06:00:00Z',
  })

const noCursor: InstantCursor = {
  kind: 'record',
  notation: 'instant',
  path: '',
  timeZone: null,
  unit: 'iso',
  toleranceMs: 0,
  faults: [],
}

/** Reads time slice by slice, each after its end. */
export function sliced<
  const Cursor extends InstantCursor,
  const Start extends string,
  const Key extends string = never,
  const Lookback extends Duration = never,
  const Change extends OnChange = never,
>(given: SlicedOptions<Cursor, Start, Key, Lookback, Change>): SlicedOf<Cursor, Key, Change> {
  const { options, faults } = parseOptions('sliced', Options, given)
  const mismatches = options ? optionFaults('sliced', { ...given, cursor: options.cursor }) : []
  const sync: Sliced = {
    mode: 'sliced',
    every: options?.every ?? 'day',
    timeZone: options?.timeZone ?? 'UTC',
    start: options?.start ?? '',
    cursor: options?.cursor ?? noCursor,
    lagMs: options?.lag ?? 0,
    slicesPerRun: options?.slicesPerRun ?? null,
    primaryKey: options?.primaryKey ?? null,
    lookback: options?.lookback ?? null,
    onChange: options?.onChange ?? 'ignore',
    late: options?.late ?? 'send',
    ordered: options?.ordered ?? false,
    faults: [...faults, ...mismatches],
  }
  return sync as SlicedOf<Cursor, Key, Change>
}
