import fc from '../../fixtures/fast-check'
import { accidents } from '../accidents'

const minuteMs = 60_000

/** What the source does between two alarms. Numbers of records are taken modulo what there is. */
export type Deed =
  | { readonly kind: 'vanish' | 'change' | 'return' | 'spoil' | 'mend'; readonly which: readonly number[] }
  /** Half of the records vanish. */
  | { readonly kind: 'halve' }
  /** A record without a readable primary key joins the others, or leaves them. */
  | { readonly kind: 'keyless' }
  /** All records vanish, and all that ever were come back. */
  | { readonly kind: 'empty' | 'fill' }

const which = fc.array(fc.nat(99), { minLength: 1, maxLength: 4 })
const some = (kind: 'vanish' | 'change' | 'return' | 'spoil' | 'mend') =>
  fc.record({ kind: fc.constant(kind), which })

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: some('vanish') },
  { weight: 4, arbitrary: some('change') },
  { weight: 4, arbitrary: some('return') },
  { weight: 1, arbitrary: some('spoil') },
  { weight: 1, arbitrary: some('mend') },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('keyless' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('halve' as const, 'empty' as const, 'fill' as const) }),
  },
)

/** Sources that lose, regain and change records between alarms that come early, late or together. */
export const schedule = fc.record({
  /** Of the source at first: many, so that the deletions of some are held, or a few. */
  records: fc.constantFrom(8, 8, 8, 30),
  /** The destination has nothing yet. */
  isFresh: fc.constantFrom(true, false, false, false),
  steps: fc.array(
    fc.record({
      deeds: fc.array(deed, { maxLength: 3 }),
      accident: fc.option(accidents(90, fc.constantFrom(Infinity, Infinity, 100_000, 20 * minuteMs))),
      activationMs: fc.constantFrom(30 * minuteMs, 30 * minuteMs, 3 * minuteMs),
      waitMs: fc.constantFrom(0, 5_000, 95_000, 6 * minuteMs, 15 * minuteMs, 40 * minuteMs),
      /** A person looks at what waits, and approves it. */
      approves: fc.boolean(),
    }),
    { minLength: 2, maxLength: 7, size: 'max' },
  ),
  choices: fc.array(fc.nat(9_999), { maxLength: 150, size: 'max' }),
})
export type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never
