import { waitingPlan } from '../state/plan'
import { approval, heldConditions, listed } from './report-conditions'
import type { StateDocument } from '../state/state-document'
import type { Condition } from './condition'
import type { AlertSettings } from './settings'

const hourMs = 60 * 60_000

/** What the document says beside its reports: it is newer than they are. @param storeNow ms since the epoch */
export function documentConditions(
  document: StateDocument,
  settings: AlertSettings,
  storeNow: number,
): readonly Condition[] {
  return [
    ...heldConditions(heldIn(document)),
    ...planOf(document),
    ...openRejects(document, settings),
    ...missingArrivals(document),
    ...uncheckedArrivals(document, settings, storeNow),
  ]
}

function heldIn({ outbox }: StateDocument) {
  return outbox.flatMap((entry) => {
    if (entry.state !== 'held') return []
    const { id: batch, rows, hold } = entry
    return [{ batch, rows, code: hold.code, message: hold.message }]
  })
}

function planOf(document: StateDocument): Condition[] {
  const plan = waitingPlan(document)
  return plan ? [approval(plan)] : []
}

function openRejects({ rejects }: StateDocument, { rejectsAbove }: AlertSettings): Condition[] {
  const open = rejects.segments.reduce((sum, segment) => sum + segment.open, 0)
  if (open <= rejectsAbove) return []
  return [
    {
      kind: 'rejects',
      subjects: ['open'],
      title: `${open} open rejects`,
      text: `${open} records could not become rows; more than ${rejectsAbove} deserve an alert. They expire after 30 days.`,
      remedy:
        'Correct the schema, the mapping or the source, deploy, then resolve=rejects as=resend; or give them up with resolve=rejects as=drop.',
    },
  ]
}

function missingArrivals({ arrivals }: StateDocument): Condition[] {
  const missing = arrivals.open.flatMap((arrival) =>
    arrival.missing ? [{ ...arrival, causes: arrival.missing.causes }] : [],
  )
  if (missing.length === 0) return []
  const rows = missing.reduce((sum, arrival) => sum + arrival.rows - arrival.found, 0)
  const batches = missing.map((arrival) => `${arrival.id} (${arrival.found} of ${arrival.rows})`)
  const causes = [...new Set(missing.flatMap((arrival) => arrival.causes))]
  return [
    {
      kind: 'arrival-missing',
      subjects: missing.map(({ id }) => id),
      title: `${rows} accepted rows are not visible`,
      text: `Rows found, by batch: ${listed(batches)}. Likely causes: ${listed(causes)}.`,
      remedy:
        'Do not send them again before the cause is known: they may still be counted. docs/errors.md explains each cause.',
    },
  ]
}

function uncheckedArrivals(
  { arrivals }: StateDocument,
  { uncheckedAfterHours }: AlertSettings,
  storeNow: number,
): Condition[] {
  const old = arrivals.open.filter(
    ({ missing, confirmedAt }) => !missing && storeNow - confirmedAt > uncheckedAfterHours * hourMs,
  )
  if (old.length === 0) return []
  const rows = old.reduce((sum, arrival) => sum + arrival.rows, 0)
  return [
    {
      kind: 'arrival-unchecked',
      subjects: ['unchecked'],
      title: `the arrival of ${rows} rows is not settled`,
      text: `They were confirmed more than ${uncheckedAfterHours} hours ago, and no look at the destination has found them or missed them.`,
      remedy: 'Invoke verify-arrival: its result tells why. If it has nothing to say, its alarm is silent.',
    },
  ]
}
