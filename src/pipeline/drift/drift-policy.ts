import { JobError } from '../../errors'
import type { Job } from '../../definition/job'
import type { Drift } from '../../state/run-report'
import type { DriftWatch } from './watch-drift'

/**
 * Ends a read of a job that tolerates no drift, before anything of the page is committed.
 * @throws JobError `source-drift`
 */
export function assertNoDrift({ name, drift: policy }: Job, watch: DriftWatch): void {
  if (policy !== 'fail') return
  const found = watch.found()
  if (found.length === 0) return
  throw new JobError(
    'source-drift',
    `The records of the source are not what \`record\` of the job "${name}" declares: ${listOf(found)}.`,
    'Declare what the source sends now, and deploy; or set `drift` of the job to "warn". Nothing of these records was committed.',
    { details: { job: name, differences: found.length } },
  )
}

/** Notes about drift for the report, under the policy `warn`. */
export function driftNotes({ drift: policy }: Pick<Job, 'drift'>, found: readonly Drift[]): string[] {
  if (policy !== 'warn' || found.length === 0) return []
  return [
    `The records of the source are not what \`record\` declares: ${listOf(found)}. See \`drift\` of this report.`,
  ]
}

const namedLimit = 5

function listOf(found: readonly Drift[]): string {
  const named = found.slice(0, namedLimit).map(({ field, change }) => `${change} ${field || 'record'}`)
  const more = found.length - named.length
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
}
