import fc from '../fixtures/fast-check'
import type { Accident } from './time'

/** At any of the first gates of a run, or right after one of its first requests. */
export function accidents(gates: number, freezeMs: fc.Arbitrary<number>): fc.Arbitrary<Accident> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ gate: fc.integer({ min: 1, max: gates }), freezeMs }) },
    {
      weight: 2,
      arbitrary: fc.record({
        gate: fc.integer({ min: 1, max: 6 }),
        counts: fc.constant('requests' as const),
        freezeMs,
      }),
    },
  )
}
