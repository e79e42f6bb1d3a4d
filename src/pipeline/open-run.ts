import { isLeaseHeld, openJobDocument } from '../state/job-document'
import { takeLease } from '../state/lease'
import { newDocument } from '../state/state-document'
import { watchDrift } from './drift/watch-drift'
import { createStoreClock } from '../state/store-clock'
import { reportSkipped } from './close-run'
import { findRepeated, isCommand, repeatedNote } from './commands/command-content'
import { waitingPlan } from '../state/plan'
import { doubtBarrier } from './delivery/doubt-barrier'
import { pollAccepted } from './delivery/poll-accepted'
import { planNote, planReason } from './plan-note'
import { openRunFiles } from './run-files'
import { waitingNote } from './waiting'
import { dueWork } from './work'
import type { RunReport } from '../state/run-report'
import type { StateDocument } from '../state/state-document'
import type { StoreClock } from '../state/store-clock'
import type { Skip } from './close-run'
import type { RunContext, RunDependencies } from './run-context'

/** `skipped`: another run is at work, nothing is due, or nothing can be done but wait. */
export type OpenedRun =
  | { readonly kind: 'opened'; readonly context: RunContext }
  | { readonly kind: 'skipped'; readonly report: RunReport }

/**
 * Takes the job's lease and opens everything that the stages use. Reads the state first: an idle tick costs one read
 * and no write.
 * @throws JobError `state-missing`, `state-corrupt`, `store-unreachable`, `store-refused`
 */
export async function openRun(dependencies: RunDependencies): Promise<OpenedRun> {
  const { job, store, settings, clock, activation, newId, destination, deadline } = dependencies
  const storeClock = createStoreClock(clock)
  const patienceMs = settings.leaseTtlMs
  const file = openJobDocument({ job: job.name, store, clock, storeClock, patienceMs })
  const found = await file.read()
  const document = found?.content ?? newDocument(job.name)
  if (found && isLeaseHeld(found, storeClock.now(), settings.leaseTtlMs)) {
    return skipped(dependencies, document, leaseHeld(dependencies, document, storeClock))
  }
  const idle = found && !document.lease ? await idleReason(dependencies, document, storeClock) : null
  if (idle) return skipped(dependencies, document, idle)

  const run = newId()
  const state = await takeLease(
    {
      ...{ job: job.name, run, activation, store, file, clock, storeClock, newId },
      endsAt: storeClock.now() + deadline.remainingMs(),
      barrier: (at) => doubtBarrier(destination.delivery, settings, at),
      leaseTtlMs: settings.leaseTtlMs,
      heartbeatMs: settings.heartbeatMs,
      reportsKept: settings.reportsKept,
      redact: dependencies.redact,
      log: dependencies.log,
    },
    found,
  )
  if (!state) return skipped(dependencies, document, leaseHeld(dependencies, document, storeClock))
  const files = openRunFiles({ job: job.name, run, store, clock, patienceMs, signal: state.signal })
  const drift = watchDrift(dependencies.job, dependencies.redact)
  const startedAt = storeClock.now()
  const context = { ...dependencies, state, files, drift, signal: state.signal, startedAt }
  return { kind: 'opened', context }
}

/** Why the lease need not be taken; null where it must. */
async function idleReason(
  dependencies: RunDependencies,
  document: StateDocument,
  storeClock: StoreClock,
): Promise<Skip | null> {
  const { job, command, settings, destination } = dependencies
  const storeNow = storeClock.now()
  const repeated = findRepeated(document.commands, command, storeNow, settings)
  if (isCommand(command) && !repeated) return null
  const notes = repeated ? [repeatedNote(repeated, document.reports)] : []
  const reason = repeated ? 'command-repeated' : 'nothing-due'
  if (document.outbox.some(({ state }) => state !== 'accepted' && state !== 'planned')) return null
  // Upsert: later values must not overtake the ones on their way, so nothing is extracted until those are confirmed.
  const canExtract =
    !waitingPlan(document) && (destination.semantics === 'append' || document.outbox.length === 0)
  if (canExtract && dueWork(job, document, storeNow).length > 0) return null
  // Poll before leasing: only an answer that changes something is worth a write.
  if (await pollAccepted(dependencies, document, new AbortController().signal)) return null
  const wait = waitOf(document)
  return wait
    ? { outcome: 'partial', reason: wait.reason, notes: [...notes, wait.note] }
    : { outcome: 'skipped', reason, notes }
}

/** The reason to wait for a person or the destination; null where nothing waits. */
function waitOf(document: StateDocument): { readonly reason: string; readonly note: string } | null {
  const plan = waitingPlan(document)
  if (plan) return { reason: planReason(plan), note: planNote(plan) }
  return document.outbox.length > 0 ? { reason: 'waiting', note: waitingNote(document) } : null
}

function leaseHeld(
  { command, settings }: RunDependencies,
  { commands, reports, lease }: StateDocument,
  storeClock: StoreClock,
): Skip {
  const repeated = findRepeated(commands, command, storeClock.now(), settings)
  const holder = lease ? ` (run ${lease.run})` : ''
  const notes = repeated
    ? [repeatedNote(repeated, reports)]
    : isCommand(command)
      ? [
          `The command was not accepted: another run${holder} is at work. Give it again when that run has ended.`,
        ]
      : []
  return { outcome: 'skipped', reason: repeated ? 'command-repeated' : 'lease-held', notes }
}

function skipped(dependencies: RunDependencies, document: StateDocument, skip: Skip): OpenedRun {
  return { kind: 'skipped', report: reportSkipped(dependencies, document, skip) }
}
