import { scheduleStart, sliceFrom, sliceName } from '../slices'
import { refused } from './acceptance'
import type { Resolution } from '../holds'
import type { RunContext } from '../run-context'
import type { Acceptance } from './acceptance'

/** The way out for a slice that can never succeed: a person leaves it out, and the document remembers. */
export function skipSlice({ job, state }: RunContext, name: string, as: Resolution): Acceptance {
  const { document, storeClock } = state
  const slice = job.schedule && sliceFrom(document.watermark ?? scheduleStart(job.schedule), job.schedule)
  if (!slice || sliceName(slice) !== name) {
    throw refused(
      `${name} is not the slice that is next.`,
      slice ? `Next is ${sliceName(slice)}.` : 'This job has no schedule.',
    )
  }
  if (as !== 'drop') throw refused('A slice can only be dropped.', `Use resolve=${name} as=drop.`)
  const skip = { ...slice, at: storeClock.now() }
  return {
    note: `${name} was skipped: its rows are not in Analytics.`,
    change: (before) => ({
      ...before,
      cursor: null,
      watermark: slice.to,
      skipped: [...before.skipped, skip],
      stalls: 0,
    }),
  }
}
