import { canonicalInstant } from '../../../../src/pipeline/extraction/cursor-value'
import { forgetsBefore } from '../../../../src/pipeline/extraction/read-plan'
import { fullRefreshSync, incrementalSync, slicedSync } from '../../../fixtures/syncs'
import type { Sync } from '../../../../src/definition/sync'
import type { PlanContext } from '../../../../src/pipeline/extraction/read-plan'
import type { Cursor, Work } from '../../../../src/state/work'

const dayMs = 86_400_000
const instantOf = (day: number) => Date.UTC(2026, 10, day)
const slice: Work = { kind: 'slice', slice: { from: instantOf(9), to: instantOf(10) } }
const incremental: Work = { kind: 'incremental', cursor: null }
const replay: Work = { kind: 'replay', replay: { kind: 'replay', name: 'replay-1', generation: 0 } }

/** Whether the memory may forget what ends at midnight of each day; null where it may forget nothing. */
function forgotten(
  sync: Sync,
  work: Work,
  { watermark = null, cursor = null }: { watermark?: number | null; cursor?: Cursor | null },
  days: readonly number[],
) {
  const context = { job: { sync }, state: { document: { watermark } } } as unknown as PlanContext
  const isForgotten = forgetsBefore(context, work, cursor)
  return isForgotten && days.map((day) => isForgotten(canonicalInstant(instantOf(day))))
}

describe('after a commit the memory forgets what no later read reads again', () => {
  const twoDays = { lookback: 2 * dayMs }

  it('of a slice: what lies more than the lookback before its end', () => {
    const sync = slicedSync(twoDays)
    const before = { watermark: instantOf(9) }
    expect(forgotten(sync, slice, before, [7, 8, 9])).toEqual([true, false, false])
  })

  it('of other work beside slices: what lies more than the lookback before the watermark', () => {
    const sync = slicedSync(twoDays)
    expect(forgotten(sync, replay, { watermark: instantOf(9) }, [6, 7, 8])).toEqual([true, false, false])
    expect(forgotten(sync, replay, {}, [1])).toBeNull()
  })

  it('of an incremental read: what lies more than the lookback before the cursor', () => {
    const at = canonicalInstant(instantOf(9))
    const cursor = { at, since: `${at}Z` }
    const sync = incrementalSync({ ...twoDays, primaryKey: ['id'] })
    expect(forgotten(sync, incremental, { cursor }, [6, 7, 8])).toEqual([true, false, false])
    expect(forgotten(sync, replay, { cursor }, [6])).toBeNull()
    expect(forgotten(sync, incremental, {}, [6])).toBeNull()
  })

  it('of a full refresh, and where nothing is read again: nothing', () => {
    expect(forgotten(fullRefreshSync(), { kind: 'refresh' }, {}, [1])).toBeNull()
    expect(forgotten(slicedSync(), slice, {}, [1])).toBeNull()
  })
})
