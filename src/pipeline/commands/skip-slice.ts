import { isDue, scheduleStart, sliceFrom, sliceName } from '../slices'
import { refused } from './acceptance'
import type { Job } from '../../definition/job'
import type { StateDocument } from '../../state/state-document'
import type { Resolution } from '../run-context'
import type { Acceptance } from './acceptance'

/** The exit of a slice that can never succeed: a person leaves it out, and the document remembers. */
export function skipSlice(
  { sync }: Pick<Job, 'sync'>,
  { watermark }: StateDocument,
  name: string,
  as: Resolution,
  storeNow: number,
): Acceptance {
  if (sync.mode !== 'sliced') throw refused('This job has no slices.', 'Leave out resolve.')
  const slice = sliceFrom(watermark ?? scheduleStart(sync), sync)
  if (sliceName(slice) !== name) {
    throw refused(`${name} is not the slice that is next.`, `Next is ${sliceName(slice)}.`)
  }
  if (as !== 'drop') throw refused('A slice can only be dropped.', `Use resolve=${name} as=drop.`)
  if (!isDue(slice, sync, storeNow)) {
    throw refused(
      `${name} is not due before ${new Date(slice.to + sync.lagMs).toISOString()}, so nothing is blocked by it.`,
      'Wait until it is due.',
    )
  }
  const range = `${new Date(slice.from).toISOString()} – ${new Date(slice.to).toISOString()}`
  return {
    note: `${name} (${range}) was skipped: its rows are left out. A backfill of that range can still send them.`,
    effect: { kind: 'slice-skipped', slice },
  }
}
