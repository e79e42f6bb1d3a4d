import { JobError } from '../errors'
import type { Destination } from '../destinations/destination'
import type { Job } from '../definition/job'
import type { RecordCursor, Sync } from '../definition/sync'
import type { Source } from '../sources/source'
import type { Counting, StateDocument } from '../state/state-document'
import type { RunContext } from './run-context'
import type { EngineSettings } from './settings'

/**
 * The members of a definition that decide which records are the same, as strings: equal where two definitions agree.
 */
export function countingOf(
  { sync, source: definition }: Pick<Job, 'sync' | 'source'>,
  source: Pick<Source, 'identity'>,
  { semantics, identity }: Pick<Destination, 'semantics' | 'identity'>,
): Counting {
  return {
    mode: sync.mode,
    cursor: sync.mode === 'full-refresh' ? '' : cursorText(sync.cursor),
    primaryKey: sync.primaryKey === null ? '' : JSON.stringify(sync.primaryKey),
    lookback: lookbackText(sync),
    source: source.identity,
    sourceVersion: definition.version,
    target: semantics === 'upsert' ? identity.target : '',
  }
}

function cursorText(cursor: RecordCursor | { readonly kind: 'page' }): string {
  if (cursor.kind === 'page') return 'page'
  const { notation, path, timeZone, unit } = cursor
  return JSON.stringify(notation === 'instant' ? [notation, path, unit, timeZone] : [notation, path])
}

function lookbackText(sync: Sync): string {
  return sync.mode === 'full-refresh' || sync.lookback === null ? '' : String(sync.lookback)
}

/** The differences, each as `name: before → now`. A target that was not recorded is none. */
export function changesOf(before: Counting, now: Counting): readonly string[] {
  const names = Object.keys(now) as (keyof Counting)[]
  return names
    .filter((name) => before[name] !== now[name] && !(name === 'target' && before.target === ''))
    .map(
      (name) =>
        `${name}: ${before[name] === '' ? 'none' : before[name]} → ${now[name] === '' ? 'none' : now[name]}`,
    )
}

/**
 * Stops extraction where the definition identifies or reads records in another way than at the last commit; delivery
 * goes on.
 * @throws JobError `definition-changed`
 */
export function assertSameCounting({
  job,
  source,
  destination,
  state,
}: Pick<RunContext, 'job' | 'state'> & {
  readonly source: Pick<Source, 'identity'>
  readonly destination: Pick<Destination, 'semantics' | 'identity'>
}): void {
  const { counting } = state.document
  const changes = counting ? changesOf(counting, countingOf(job, source, destination)) : []
  if (changes.length === 0) return
  throw new JobError(
    'definition-changed',
    `The job "${job.name}" identifies, reads or sends its records in another way than before: ${changes.join('; ')}. Nothing is extracted until a person decides.`,
    `${continueRemedy(job.sync)} Or put the former definition back. Or give the job a new name, and with it a new state: it sends everything from its beginning.`,
    { details: { job: job.name, changes: changes.join('; ') } },
  )
}

function continueRemedy(sync: Sync): string {
  if (sync.mode === 'full-refresh') {
    return 'Go on with resolve=definition as=continue: where mode, cursor, primary key or target changed, every record counts as new and is sent again.'
  }
  const place = sync.mode === 'sliced' ? '<instant>' : '<cursor>'
  return `Go on with resolve=definition as=continue from=${place}: records from there on are read under the new definition, and those that were sent before count twice; earlier records are no longer read, and those that were not sent are left out.`
}

/**
 * `waiting`: rows may belong to other partitions than before, so the old batches must be confirmed first. `until` is ms
 * on the store's clock; null while batches are on their way, because the wait begins with the last confirmation.
 */
export interface Regrouping {
  readonly kind: 'none' | 'due' | 'waiting'
  readonly until: number | null
}

export function regroupingOf(
  { partitioning, partitions, outbox }: Pick<StateDocument, 'partitioning' | 'partitions' | 'outbox'>,
  { partition }: Pick<Destination, 'partition'>,
  { regroupAfterMs }: Pick<EngineSettings, 'regroupAfterMs'>,
  storeNow: number,
): Regrouping {
  if (partitioning === null || partitioning === partition.fingerprint) return { kind: 'none', until: null }
  if (outbox.length > 0) return { kind: 'waiting', until: null }
  const confirmed = Object.values(partitions).flatMap(({ confirmedAt }) => confirmedAt ?? [])
  const until = Math.max(-Infinity, ...confirmed) + regroupAfterMs
  return until > storeNow ? { kind: 'waiting', until } : { kind: 'due', until: null }
}

/** How long extraction must still wait for a regrouping, in ms; Infinity while batches are on their way. */
export function regroupingWait({
  state,
  destination,
  settings,
}: Pick<RunContext, 'state' | 'destination' | 'settings'>): number {
  const storeNow = state.storeClock.now()
  const { kind, until } = regroupingOf(state.document, destination, settings, storeNow)
  if (kind !== 'waiting') return 0
  return until === null ? Infinity : until - storeNow
}

/** The note of the report about a wait after a regrouping. */
export function regroupingNote(
  until: number | null,
  { regroupAfterMs }: Pick<EngineSettings, 'regroupAfterMs'>,
): string {
  const hours = Math.round(regroupAfterMs / 360_000) / 10
  const wait =
    until === null
      ? `until every batch on its way is confirmed, and ${hours} h more`
      : `until ${new Date(until).toISOString()}, ${hours} h after the last confirmation`
  return `Rows are distributed over other partitions than before. To keep their order, nothing is extracted ${wait}. To go on at once, where the order does not matter: resolve=regrouping as=continue, once nothing is pending.`
}
