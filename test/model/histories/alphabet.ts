import fc from '../../fixtures/fast-check'
import { accidents } from '../accidents'
import { plainShape } from '../jobs'
import type { DeliveryKind } from '../destination'
import type { JobShape, Mode } from '../jobs'
import type { Flaw, Notation } from '../records'
import type { Accident } from '../time'

/** A job and its source, as an author may declare them. */
export interface Setting {
  readonly shape: JobShape
  readonly overlaps: boolean
  readonly coarseness: number | null
  readonly outboxLimit: number
}

/** A crash or freeze of one run, and how long the next alarm waits. */
export interface Mishap extends Accident {
  readonly waitMs: number
  readonly activationMs: number
}

/** A record to come: its numbers are taken modulo what there is. */
export interface Draft {
  readonly flaw: Flaw | null
  /** Positions behind the newest record. */
  readonly gap: number
  /** Minutes by which its row is older than its position. */
  readonly lag: number
  /** Comes again with the key of an earlier record, at a place of its own. */
  readonly twin: boolean
}

/** What the source, the author or the operator does. */
export type Deed =
  | { readonly kind: 'add' | 'add late'; readonly drafts: readonly Draft[] }
  | { readonly kind: 'flood' }
  | { readonly kind: 'change'; readonly which: number; readonly moves: boolean; readonly flaw: Flaw | null }
  | { readonly kind: 'remove'; readonly which: number }
  | { readonly kind: 'mend'; readonly what: 'schema' | 'map' }
  | { readonly kind: 'learn' }
  | { readonly kind: 'drift'; readonly varies: boolean }
  | { readonly kind: 'wait' }
  | { readonly kind: 'outage' }
  | {
      readonly kind: 'redefine'
      readonly what: Redefinition
      readonly exit: 'back' | 'here' | 'earlier' | 'later'
    }
  | { readonly kind: 'regroup'; readonly waits: boolean }
  | {
      readonly kind: 'backfill'
      readonly from: number
      readonly length: number
      readonly force: boolean
      readonly retries: number
    }
  | { readonly kind: 'force last'; readonly retries: number }
  | { readonly kind: 'replay' | 'drop rejects'; readonly retries: number }

export type Redefinition = 'source' | 'version' | 'notation' | 'key' | 'lookback'

export interface Step {
  readonly deed: Deed
  readonly mishaps: readonly Mishap[]
}

export interface History {
  readonly setting: Setting
  readonly steps: readonly Step[]
  readonly choices: readonly number[]
}

const draft: fc.Arbitrary<Draft> = fc.record({
  flaw: fc.constantFrom<Flaw | null>(
    ...[null, null, null, null, null, null],
    ...(['invalid', 'unmappable', 'unwanted', 'cursorless', 'far-ahead'] as const),
  ),
  gap: fc.constantFrom(0, 0, 1, 3),
  lag: fc.constantFrom(0, 0, 0, 0, 9),
  twin: fc.constantFrom(false, false, false, true),
})

const drafts = fc.array(draft, { minLength: 1, maxLength: 9 })
const retries = fc.constantFrom(0, 0, 2)

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('add' as const), drafts }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add late' as const), drafts }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flood' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      which: fc.nat(99),
      moves: fc.boolean(),
      flaw: fc.constantFrom<Flaw | null>(null, null, 'invalid', 'unmappable'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat(99) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('mend' as const),
      what: fc.constantFrom('schema' as const, 'map' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('learn' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drift' as const), varies: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('outage' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('redefine' as const),
      what: fc.constantFrom<Redefinition>('source', 'version', 'notation', 'key', 'lookback'),
      exit: fc.constantFrom('back' as const, 'here' as const, 'earlier' as const, 'later' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('regroup' as const), waits: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('backfill' as const),
      from: fc.nat(99),
      length: fc.integer({ min: 1, max: 6 }),
      force: fc.boolean(),
      retries,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('force last' as const), retries }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('replay' as const), retries }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop rejects' as const), retries }) },
)

const mishap: fc.Arbitrary<Mishap> = fc
  .tuple(
    accidents(90, fc.constantFrom(Infinity, Infinity, 100_000, 20 * 60_000)),
    fc.record({
      waitMs: fc.constantFrom(50, 95_000, 5 * 60_000),
      activationMs: fc.constantFrom(30 * 60_000, 3 * 60_000, 100_000),
    }),
  )
  .map(([accident, waits]) => ({ ...accident, ...waits }))

const setting: fc.Arbitrary<Setting> = fc
  .record({
    mode: fc.constantFrom<Mode>('incremental', 'incremental', 'pages', 'sliced', 'sliced', 'full-refresh'),
    kind: fc.constantFrom<DeliveryKind>('keyed', 'keyed', 'named', 'upsert'),
    notation: fc.constantFrom<Notation>('instant', 'number', 'text'),
    keyed: fc.constantFrom(true, true, false),
    looksBack: fc.constantFrom(true, true, false),
    onChange: fc.constantFrom('ignore' as const, 'reject' as const, 'send' as const),
    late: fc.constantFrom('send' as const, 'reject' as const),
    ordered: fc.boolean(),
    overlaps: fc.boolean(),
    isCoarse: fc.boolean(),
    outboxLimit: fc.constantFrom(256, 3),
  })
  .map(settingOf)

interface Wishes extends Pick<
  JobShape,
  'mode' | 'kind' | 'notation' | 'keyed' | 'onChange' | 'late' | 'ordered'
> {
  readonly looksBack: boolean
  readonly overlaps: boolean
  readonly isCoarse: boolean
  readonly outboxLimit: number
}

/** Restricts a generated step to the combinations that the types of a job allow. */
function settingOf({ looksBack, overlaps, isCoarse, outboxLimit, ...wish }: Wishes): Setting {
  const { mode, kind } = wish
  const notation = mode === 'sliced' ? 'instant' : wish.notation
  const hasCursor = mode === 'incremental' || mode === 'sliced'
  // A row that replaces another is one version of a record, so that records need a key to be told apart.
  const keyed = mode === 'full-refresh' || (kind === 'upsert' ? mode !== 'pages' : wish.keyed)
  const mayLookBack = keyed && hasCursor && notation !== 'text'
  const lookback = looksBack && mayLookBack ? (mode === 'sliced' ? 90 : 5) : null
  const noticesChange =
    mode === 'full-refresh' || lookback !== null || (keyed && mode === 'incremental' && notation === 'text')
  const allowed = wish.onChange === 'send' && kind !== 'upsert' ? 'ignore' : wish.onChange
  const bringsMore = isCoarse && hasCursor
  return {
    shape: {
      ...plainShape,
      ...wish,
      notation,
      keyed,
      lookback,
      onChange: noticesChange ? allowed : 'ignore',
      bringsMore,
    },
    overlaps: overlaps && keyed && mode !== 'pages',
    coarseness: bringsMore ? 7 : null,
    outboxLimit,
  }
}

/** Each step ends when all that it asked for is done. */
export const history: fc.Arbitrary<History> = fc.record({
  setting,
  steps: fc.array(fc.record({ deed, mishaps: fc.array(mishap, { maxLength: 2 }) }), {
    minLength: 2,
    maxLength: 12,
    size: 'max',
  }),
  choices: fc.array(fc.nat(9_999), { maxLength: 120, size: 'max' }),
})
