import type { ArrivalCause, Evidence, Refusal, Unknown } from '../../destinations/destination'
import type { Log } from '../../log'
import type { Arrival } from '../../state/arrivals'

/** Batches that are missing from now on. */
export interface Incident {
  readonly arrival: Arrival
  /** Rows of it that were found. */
  readonly found: number
  readonly causes: readonly ArrivalCause[]
}

/** The error of the activation that has found incidents. */
export interface IncidentError {
  readonly code: 'arrival-missing'
  readonly message: string
  readonly remedy: string
}

/** Names in a message; the log and the state have all. */
const named = 5

export function logIncident(
  log: Log,
  { arrival: { id, batches, rows, partition, markers }, found, causes }: Incident,
  run: { readonly job: string; readonly activation: string },
): void {
  const likely = causes.map(({ code }) => code)
  log.error('arrival-missing', {
    ...run,
    batch: id,
    batches,
    rows,
    found,
    partition,
    markers,
    causes: likely,
  })
}

export function missingError(incidents: readonly Incident[]): IncidentError {
  const rows = incidents.reduce((sum, { arrival, found }) => sum + arrival.rows - found, 0)
  const ids = incidents
    .slice(0, named)
    .map(({ arrival, found }) => `${arrival.id} (${found} of ${arrival.rows})`)
  const more = incidents.length > ids.length ? ` and ${incidents.length - ids.length} more` : ''
  const causes = new Map(
    incidents.flatMap((incident) => incident.causes).map(({ code, message }) => [code, message]),
  )
  const likely = [...causes].map(([code, message]) => `${code}: ${message}`).join(' ')
  return {
    code: 'arrival-missing',
    message: `${rows} accepted rows are not visible, of the batches ${ids.join(', ')}${more}.`,
    remedy: `Do not send them again before the cause is known: they may still be counted. Likely causes: ${likely}`,
  }
}

/** The note where a look could not check every batch. */
export function troubleNotes(trouble: Refusal | Unknown | null, redact: (text: string) => string): string[] {
  if (!trouble) return []
  const why = 'message' in trouble ? redact(trouble.message) : 'too many requests'
  return [`Not every batch could be asked for (${why}): the next look asks again.`]
}

/** The note where the totals before or after a batch could not be read: its arrival does not depend on them. */
export function totalsNotes(trouble: Refusal | Unknown | null, redact: (text: string) => string): string[] {
  if (!trouble) return []
  const why = 'message' in trouble ? redact(trouble.message) : 'too many requests'
  return [
    `Not all totals could be read (${why}): the next look asks again. The proof of arrival does not depend on them.`,
  ]
}

/** Notes about batches of which more rows were found than were sent. */
export function surplusNotes(arrivals: readonly Arrival[], seen: ReadonlyMap<string, Evidence>): string[] {
  const surplus = arrivals.filter(({ id, rows }) => {
    const evidence = seen.get(id)
    return evidence?.kind === 'proof' && evidence.rows > rows
  })
  if (surplus.length === 0) return []
  const ids = surplus.slice(0, named).map(({ id }) => id)
  return [
    `${surplus.length} batches show more rows than were sent (${ids.join(', ')}): rows were sent twice, or something else sets the marker as well.`,
  ]
}
