import { toJobError } from '../errors'
import { openJobDocument } from '../state/job-document'
import { createStoreClock } from '../state/store-clock'
import { changesThrough } from './changes'
import { hasGap, snapshotsOf } from './conditions'
import type { Clock } from '../clock'
import type { JobError } from '../errors'
import type { BlobStore } from '../state/blob-store'
import type { Change } from './changes'
import type { Observation, Rules } from './conditions'
import type { Snapshot } from './condition'
import type { WatchedName } from './watch-file'

/** A name that is watched: its snapshots come from a job's document, or are known already. */
export type Target =
  | ({ readonly kind: 'job' } & Pick<Observation, 'name' | 'job' | 'everyMinutes'>)
  | { readonly kind: 'known'; readonly name: string; readonly snapshot: Snapshot }

export interface LookDependencies {
  readonly store: BlobStore
  readonly clock: Clock
  readonly rules: Rules
  readonly reportsKept: number
}

/** What a look at one name has found. */
export interface Look {
  readonly name: string
  /** As it was, where the store did not answer. */
  readonly watched: WatchedName
  readonly changes: readonly Change[]
  readonly notes: readonly string[]
}

/** Looks at a name's state, and compares it with what was told. Writes nothing. @param storeNow ms since the epoch */
export async function lookAt(
  target: Target,
  before: WatchedName | undefined,
  dependencies: LookDependencies,
  storeNow: number,
): Promise<Look> {
  const { name } = target
  const watched = before ?? { since: storeNow, seen: null, told: {} }
  try {
    if (target.kind === 'known') return lookOf(name, watched, [target.snapshot], storeNow)
    return await lookAtJob(target, watched, dependencies, { storeNow, isFirst: !before })
  } catch (thrown) {
    const error = toJobError(thrown)
    if (error.code === 'state-corrupt') return lookOf(name, watched, [unreadable(error)], storeNow)
    const notes = [`${name} could not be looked at (${error.message}): the next tick looks again.`]
    return { name, watched, changes: [], notes }
  }
}

async function lookAtJob(
  { name, job, everyMinutes }: Extract<Target, { kind: 'job' }>,
  watched: WatchedName,
  { store, clock, rules, reportsKept }: LookDependencies,
  { storeNow, isFirst }: Pick<Observation, 'storeNow' | 'isFirst'>,
): Promise<Look> {
  const { since, seen } = watched
  const storeClock = createStoreClock(clock)
  const patienceMs = rules.leaseTtlMs
  const found = await openJobDocument({ job: name, store, clock, storeClock, patienceMs }).read()
  const observation = { name, job, everyMinutes, found, since, isFirst, seen, storeNow }
  const snapshots = snapshotsOf(observation, rules)
  const look = lookOf(name, watched, snapshots, storeNow)
  if (!found) return look
  const last = found.content.reports.at(-1)
  return {
    ...look,
    watched: { ...look.watched, seen: last ? { run: last.run, endedAt: last.endedAt } : seen },
    notes: hasGap(found.content, seen, reportsKept)
      ? [
          `More runs of ${name} have ended since the last look than reports are kept: some were not looked at.`,
        ]
      : [],
  }
}

function lookOf(name: string, watched: WatchedName, snapshots: readonly Snapshot[], storeNow: number): Look {
  const { told, changes } = changesThrough(watched.told, snapshots, storeNow)
  return { name, watched: { ...watched, told }, changes, notes: [] }
}

function unreadable({ code, message, remedy }: JobError): Snapshot {
  return {
    speaksOf: ['state-unreadable'],
    conditions: [
      {
        kind: 'state-unreadable',
        subjects: [code],
        title: 'its state cannot be read',
        text: message,
        remedy,
      },
    ],
  }
}
