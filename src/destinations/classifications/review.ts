import { subscriptionNote } from './check-dataset'
import { countUnseenKeys } from './unseen-keys'
import type { AnalyticsApi } from '../analytics-api'
import type { CommitSummary, Concern, ReviewAnswer } from '../destination'
import type { Dataset } from './dataset'

export interface ReviewOptions {
  readonly reportSuite: string
  readonly variable: string
  /** A commit that is expected to cost more waits for a person. */
  readonly serverCallLimit: number
}

/**
 * Facts about a commit for a person: the other suites that show its values, and the cost of keys that never occurred.
 * Adobe counts such a key as a server call.
 * @see https://experienceleague.adobe.com/en/docs/analytics/components/classifications/importer/importer-faq
 * @param now ms since the epoch
 */
export async function reviewCommit(
  api: AnalyticsApi,
  dataset: Dataset,
  options: ReviewOptions,
  { newKeys }: CommitSummary,
  now: number,
  signal: AbortSignal,
): Promise<ReviewAnswer> {
  const notes = [subscriptionNote(dataset)]
  if (newKeys.count === 0) return { kind: 'reviewed', concerns: [], notes, cost: { serverCalls: 0 } }
  const counted = await countUnseenKeys(api, options, newKeys.sample, now, signal)
  if (counted.kind === 'unauthorized') return counted
  const share = counted.kind === 'counted' && counted.asked > 0 ? counted.unseen / counted.asked : 1
  const serverCalls = Math.ceil(newKeys.count * share)
  const basis =
    counted.kind === 'counted'
      ? `${counted.unseen} of ${counted.asked} sampled keys did not occur in the last 90 days`
      : `reports could not be asked (${counted.message}), so every new key counts`
  const estimate = `${newKeys.count} keys are new; ${basis}: about ${serverCalls} server calls.`
  const concerns: Concern[] =
    serverCalls > options.serverCallLimit
      ? [{ code: 'server-calls', message: `${estimate} The job allows ${options.serverCallLimit}.` }]
      : []
  return { kind: 'reviewed', concerns, notes: [...notes, estimate], cost: { serverCalls } }
}
