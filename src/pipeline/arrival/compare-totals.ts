import { factsOf } from '../delivery/batch-facts'
import { openRunFiles } from '../run-files'
import type {
  ArrivalTotals,
  BatchSums,
  Destination,
  ProofTools,
  Refusal,
  Unknown,
} from '../../destinations/destination'
import type { Comparison } from '../../state/arrivals'
import type { OutboxEntry } from '../../state/outbox-entry'
import type { StateDocument } from '../../state/state-document'
import type { RunFiles } from '../run-files'
import type { RunDependencies } from '../run-context'

export type ComparingDependencies = Pick<
  RunDependencies,
  'job' | 'destination' | 'store' | 'settings' | 'clock'
> & { readonly tools: ProofTools }

/** New and changed comparisons. `trouble` ended the look early; null where nothing did. */
export interface TotalsLook {
  readonly comparisons: readonly Comparison[]
  readonly trouble: Refusal | Unknown | null
}

/** Batches whose totals one look begins to compare. */
const mostPerLook = 10

/** The batches that no comparison knows yet and that the destination has not processed, as far as the state knows. */
export function comparableBatches(
  { outbox, identities, arrivals }: StateDocument,
  { arrival, identity }: Pick<Destination, 'arrival' | 'identity'>,
): readonly OutboxEntry[] {
  if (!arrival?.totals) return []
  const known = new Set(arrivals.comparisons.map(({ id }) => id))
  const isHere = (index: number) => index === -1 || identities[index]?.target === identity.target
  return outbox
    .filter(
      ({ id, state }) =>
        !known.has(id) && (state === 'planned' || state === 'staged' || state === 'accepted'),
    )
    .filter((entry) => isHere(entry.identity))
    .slice(0, mostPerLook)
}

/** Comparisons that wait for the totals after their batch. @param arrived ids of the batches that this look has proven */
export function dueComparisons(
  { arrivals }: StateDocument,
  arrived: ReadonlySet<string> = new Set(),
): readonly Comparison[] {
  return arrivals.comparisons
    .filter(({ metrics }) => metrics.some(({ after }) => after === null))
    .filter(({ id, processed }) => processed || arrived.has(id))
}

/**
 * Reads what reports show for the days of batches, before the destination processes them and afterwards. An indication
 * only: its failure leaves the batch as it is.
 * @param storeNow ms since the epoch on the store's clock
 * @throws JobError `store-unreachable`, and of the token
 */
export async function compareTotals(
  document: StateDocument,
  arrived: ReadonlySet<string>,
  storeNow: number,
  dependencies: ComparingDependencies,
): Promise<TotalsLook> {
  const { destination, job, store, clock, settings, tools } = dependencies
  const totals = destination.arrival?.totals
  const comparisons: Comparison[] = []
  if (!totals) return { comparisons, trouble: null }
  for (const due of dueComparisons(document, arrived)) {
    const read = await readAfter(totals, due, tools)
    comparisons.push(read.comparison)
    if (read.trouble) return { comparisons, trouble: read.trouble }
  }
  const files = openRunFiles({
    ...{ job: job.name, run: 'none', store, clock, patienceMs: settings.leaseTtlMs, signal: tools.signal },
  })
  for (const entry of comparableBatches(document, destination)) {
    const read = await readBefore(totals, entry, files, dependencies)
    if (!read) continue
    if (read.kind !== 'before') return { comparisons, trouble: read }
    comparisons.push({ id: entry.id, at: storeNow, ...read.days, metrics: read.metrics, processed: false })
  }
  return { comparisons, trouble: null }
}

/** Where the totals cannot be read now, the next look asks again. */
async function readAfter(
  totals: ArrivalTotals,
  comparison: Comparison,
  tools: ProofTools,
): Promise<{ readonly comparison: Comparison; readonly trouble: Refusal | Unknown | null }> {
  const { from, to, metrics } = comparison
  const sent = Object.fromEntries(metrics.map((metric) => [metric.name, metric.sent]))
  const processed = { ...comparison, processed: true }
  const answer = await totals.read({ from, to, metrics: sent }, tools)
  if (answer.kind !== 'totals') return { comparison: processed, trouble: answer }
  const after = metrics.map((metric) => ({ ...metric, after: answer.totals[metric.name] ?? null }))
  return { comparison: { ...processed, metrics: after }, trouble: null }
}

interface Before {
  readonly kind: 'before'
  readonly days: Pick<BatchSums, 'from' | 'to'>
  readonly metrics: Comparison['metrics']
}

/** Null where the totals may already have its rows, or say nothing about them. */
async function readBefore(
  totals: ArrivalTotals,
  entry: OutboxEntry,
  files: Pick<RunFiles, 'read'>,
  dependencies: ComparingDependencies,
): Promise<Before | Refusal | Unknown | null> {
  const bytes = await files.read(entry.run, entry.file)
  const sums = bytes && totals.sums(bytes)
  if (!sums) return null
  const answer = await totals.read(sums, dependencies.tools)
  if (answer.kind !== 'totals') return answer
  const processing = entry.state === 'accepted' ? await isProcessing(entry, dependencies) : true
  if (processing !== true) return processing === false ? null : processing
  const metrics = Object.entries(sums.metrics).map(([name, sent]) => ({
    ...{ name, sent, before: answer.totals[name] ?? 0, after: null },
  }))
  return { kind: 'before', days: { from: sums.from, to: sums.to }, metrics }
}

/** Asked after the totals were read: while the destination has not processed the batch, they are those before it. */
async function isProcessing(
  entry: Extract<OutboxEntry, { state: 'accepted' }>,
  { destination, tools }: ComparingDependencies,
): Promise<boolean | Refusal | Unknown> {
  try {
    await tools.pace()
  } catch {
    return { kind: 'unknown', message: 'There was no time left to ask.' }
  }
  const answer = await destination.poll?.(factsOf(entry), entry.receipt, tools.signal)
  if (!answer) return false
  if (answer.kind === 'processing') return true
  return answer.kind === 'done' || answer.kind === 'failed' ? false : answer
}
