import { JobError } from '../../errors'
import { factsOf } from '../../state/event-facts'
import { sanitise } from '../../state/event-texts'
import { openJobDocument } from '../../state/job-document'
import { reduce } from '../../state/reduce'
import { noArrivals } from '../../state/arrivals'
import { createStoreClock } from '../../state/store-clock'
import { arrivalStatus } from './arrival-status'
import { comparableBatches, compareTotals, dueComparisons } from './compare-totals'
import { logIncident, missingError, surplusNotes, totalsNotes, troubleNotes } from './incidents'
import { isNews, judgeArrival } from './judge-arrival'
import type { Evidence, ProofTools, Refusal, Unknown } from '../../destinations/destination'
import type { Arrival } from '../../state/arrivals'
import type { StateEvent } from '../../state/events'
import type { JobDocument } from '../../state/job-document'
import type { StateDocument } from '../../state/state-document'
import type { FileVersion } from '../../state/versioned-file'
import type { RunDependencies } from '../run-context'
import type { ArrivalStatus } from './arrival-status'
import type { IncidentError } from './incidents'

export interface ArrivalDependencies extends Pick<
  RunDependencies,
  'job' | 'destination' | 'store' | 'settings' | 'clock' | 'log' | 'activation' | 'newId' | 'redact'
> {
  readonly tools: ProofTools
}

type ArrivalsChecked = Extract<StateEvent, { type: 'arrivals-checked' }>

/** The store's time has whole seconds, so it may lie up to this much before a time that a run has stored. */
const storeGrainMs = 1_000

/** The result of a look at the destination. */
export interface ArrivalReport extends ArrivalStatus {
  readonly job: string
  /** `failed`: batches have been found missing; `partial`: not everything could be asked for or stored. */
  readonly outcome: 'succeeded' | 'partial' | 'skipped' | 'failed'
  readonly notes: readonly string[]
  readonly error?: IncidentError
}

/**
 * Asks the destination which confirmed batches have arrived, and keeps the answer in the job's state. Takes no lease
 * and changes no batch: missing rows are reported, never sent again. A lost or unusable answer changes nothing.
 * @throws JobError of the token, `not-authorized`, `not-permitted`, `state-corrupt`, `store-unreachable`, `store-refused`
 */
export async function verifyArrivals(dependencies: ArrivalDependencies): Promise<ArrivalReport> {
  const { job, destination, store, settings, clock, log, activation, redact } = dependencies
  const storeClock = createStoreClock(clock)
  const patienceMs = settings.leaseTtlMs
  const file = openJobDocument({ job: job.name, store, clock, storeClock, patienceMs })
  const found = await file.read()
  if (!found || hasNothingToAsk(found.content, destination)) {
    const status = arrivalStatus(found?.content.arrivals ?? noArrivals)
    return { job: job.name, outcome: 'skipped', notes: [], ...status }
  }
  const storeNow = storeClock.now() + storeGrainMs
  const due = dueArrivals(found.content, dependencies, storeNow)
  const { evidence, trouble } = await prove(due.arrivals, dependencies)
  const byId = new Map(evidence.map((seen) => [seen.id, seen]))
  const withinMs = destination.arrival?.withinMs ?? 0
  const judged = due.arrivals.flatMap((arrival) => {
    const seen = byId.get(arrival.id)
    return seen ? [{ arrival, seen, verdict: judgeArrival(arrival, seen, { withinMs, storeNow }) }] : []
  })
  const news = judged.filter(({ verdict, arrival }) => isNews(verdict, arrival)).map(({ verdict }) => verdict)
  const proven = new Set(
    judged.filter(({ verdict }) => verdict.kind === 'arrived').map(({ seen }) => seen.id),
  )
  const totals = await compareTotals(found.content, proven, storeNow, dependencies)
  const findings = { verdicts: news, comparisons: totals.comparisons }
  const { document, notes } = await storeFindings(dependencies, file, found, findings, storeNow)
  const incidents = judged
    .filter(({ arrival, verdict }) => verdict.kind === 'missing' && arrival.missing === null)
    .map(({ arrival, seen }) => ({ arrival, found: seen.rows, causes: seen.causes }))
  const isWhole = trouble === null && totals.trouble === null && notes.length === 0
  for (const incident of incidents) logIncident(log, incident, { job: job.name, activation })
  return {
    job: job.name,
    outcome: outcomeOf(incidents.length, isWhole),
    notes: [
      ...due.notes,
      ...troubleNotes(trouble, redact),
      ...totalsNotes(totals.trouble, redact),
      ...surplusNotes(due.arrivals, byId),
      ...notes,
    ],
    ...arrivalStatus(document.arrivals),
    ...(incidents.length > 0 ? { error: missingError(incidents) } : {}),
  }
}

function outcomeOf(incidents: number, isWhole: boolean): ArrivalReport['outcome'] {
  if (incidents > 0) return 'failed'
  return isWhole ? 'succeeded' : 'partial'
}

function hasNothingToAsk(document: StateDocument, destination: ArrivalDependencies['destination']): boolean {
  const isCompared =
    dueComparisons(document).length > 0 || comparableBatches(document, destination).length > 0
  return document.arrivals.open.length === 0 && !isCompared
}

/** Arrivals that reports can show by now, and that the present destination can check. */
function dueArrivals(
  { arrivals: { open }, identities }: StateDocument,
  { destination, settings }: ArrivalDependencies,
  storeNow: number,
): { readonly arrivals: readonly Arrival[]; readonly notes: readonly string[] } {
  const isHere = ({ identity }: Arrival) => {
    const then = identities[identity]
    const now = destination.identity
    return then?.kind === now.kind && then.target === now.target
  }
  const ripe = open.filter(({ confirmedAt }) => storeNow - confirmedAt >= settings.arrivalAfterMs)
  const elsewhere = ripe.filter((arrival) => !isHere(arrival)).length
  const notes =
    elsewhere > 0 ? [`${elsewhere} arrivals belong to a destination that this job no longer has.`] : []
  return { arrivals: ripe.filter(isHere), notes }
}

async function prove(
  arrivals: readonly Arrival[],
  { destination, tools, redact }: ArrivalDependencies,
): Promise<{ readonly evidence: readonly Evidence[]; readonly trouble: Refusal | Unknown | null }> {
  if (!destination.arrival || arrivals.length === 0) return { evidence: [], trouble: null }
  const answer = await destination.arrival.prove(arrivals, tools)
  const { trouble } = answer
  if (answer.evidence.length > 0 || !trouble) return answer
  if (trouble.kind === 'unauthorized' || trouble.kind === 'not-permitted') {
    throw new JobError(
      trouble.kind === 'unauthorized' ? 'not-authorized' : 'not-permitted',
      `The destination did not answer whether rows have arrived: ${redact(trouble.message)}`,
      'Let the credential read the reports of the destination, too. Sending goes on meanwhile.',
    )
  }
  return answer
}

/** One compare-and-swap, and only while no run holds the lease: a write by others would make a run lose its lease. */
async function storeFindings(
  { newId, redact, log, job, activation }: ArrivalDependencies,
  file: JobDocument,
  { content, etag }: FileVersion<StateDocument>,
  findings: Pick<ArrivalsChecked, 'verdicts' | 'comparisons'>,
  at: number,
): Promise<{ readonly document: StateDocument; readonly notes: readonly string[] }> {
  if (findings.verdicts.length === 0 && findings.comparisons.length === 0)
    return { document: content, notes: [] }
  const event: StateEvent = { type: 'arrivals-checked', at, ...findings }
  const document = { ...reduce(content, sanitise(event, redact)), write: newId() }
  const outcome = content.lease === null ? await file.write(document, etag) : null
  if (outcome?.kind === 'applied') {
    log.info(event.type, { job: job.name, activation, ...factsOf(event) })
    return { document, notes: [] }
  }
  const note = 'The results are not stored, because a run is at work: the next look checks again.'
  return { document, notes: [note] }
}
