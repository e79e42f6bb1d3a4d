import { noCounters } from '../state/counters'
import { openJobDocument } from '../state/job-document'
import { newDocument } from '../state/state-document'
import { createStoreClock } from '../state/store-clock'
import { waitingPlan } from '../state/plan'
import { checkNotes, checkTarget, checkedRows, merged } from './check-target'
import { acceptCommand } from './commands/accept-command'
import { sampling, sinkFiles, sinkState } from './dry-run-sinks'
import { driftNotes } from './drift/drift-policy'
import { watchDrift } from './drift/watch-drift'
import { keepFiles } from './keep-files'
import { planNote, planReason } from './plan-note'
import { reportOf } from './run-report'
import { stage } from './stage'
import { validateSample } from './validate-sample'
import type { CheckFinding, EncodedRow } from '../destinations/destination'
import type { TargetCheck } from './check-target'
import type { RunReport } from '../state/run-report'
import type { StateDocument } from '../state/state-document'
import type { RunDependencies } from './run-context'
import type { KeptFiles } from './keep-files'
import type { RunFiles } from './run-files'
import type { StageEnd } from './stage'

const sampleSize = 5

/** The report of a dry run: how the next run would process the work that is due now. */
export interface DryRunReport extends RunReport {
  /** The first rows as they would be written, and the first rejects. */
  readonly sample: { readonly rows: readonly string[]; readonly rejects: readonly unknown[] }
  /** The live target's check of the definition and of its rows. */
  readonly checks: readonly CheckFinding[]
  /** Where the exact files lie, and their names; null where they were not asked for. */
  readonly kept: { readonly folder: string; readonly files: readonly string[] } | null
}

type DryRunDependencies = Omit<RunDependencies, 'invokeSelf' | 'newId'> & {
  /** Stores the files that the next run would send, for a person. */
  readonly keepFiles?: boolean
}

/**
 * Runs the real extraction on a copy of the state, with files that are discarded: the same decisions, limits and counts
 * as the next run would have with the same command. Takes no lease, writes nothing and sends nothing.
 * @throws JobError of the source, and whatever would stop the next run
 */
export async function dryRun(dependencies: DryRunDependencies): Promise<DryRunReport> {
  const { job, store, clock, settings, destination } = dependencies
  const storeClock = createStoreClock(clock)
  const file = openJobDocument({
    job: job.name,
    store,
    clock,
    storeClock,
    patienceMs: settings.leaseTtlMs,
  })
  const before = (await file.read())?.content ?? newDocument(job.name)
  const startedAt = storeClock.now()
  const { signal } = new AbortController()
  const rejects: unknown[] = []
  const asked = sinkState({ ...before, counters: noCounters }, storeClock, signal)
  const kept = dependencies.keepFiles ? await keepFiles(dependencies, signal) : null
  const files = sinkFiles(dependencies, kept, (reject) => {
    if (rejects.length < sampleSize) rejects.push(reject)
  })
  // The files that the command itself writes are small, and the extraction reads them again.
  const written = new Map<string, Buffer>()
  const add: RunFiles['add'] = (name, bytes) => Promise.resolve(void written.set(name, Buffer.from(bytes)))
  const read: RunFiles['read'] = async (run, name) => written.get(name) ?? files.read(run, name)
  const notes = await acceptCommand({ ...dependencies, state: asked, files: { ...files, add } })
  const state = sinkState(withoutDelivered(asked.document), storeClock, signal, withoutDelivered)
  const sample: { readonly row: unknown; readonly encoded: EncodedRow }[] = []
  const format = sampling(destination.format, (row, encoded) => {
    if (sample.length < checkedRows) sample.push({ row, encoded })
  })

  const drift = watchDrift(job, dependencies.redact)
  const end = await stage(
    { ...dependencies, destination: { ...destination, format }, state, files: { ...files, read }, drift },
    { signal, isClosing: () => false, waiting: () => Promise.resolve() },
  )
  const check = await checkSample(dependencies, sample, signal)
  const ending = endingOf(state.document, end) ?? mismatchOf(check)
  const report = reportOf({ ...state.document, outbox: [] }, destination, {
    job: job.name,
    run: 'dry-run',
    activation: dependencies.activation,
    outcome: ending === null ? 'succeeded' : 'partial',
    reason: ending === null ? 'dry-run' : `dry-run, ${ending}`,
    drift: drift.found(),
    notes: [
      ...notes,
      ...end.notes,
      ...plannedNotes(before, state.document),
      ...driftNotes(job, drift.found()),
      ...checkNotes(check),
      doneNote(kept),
    ],
    startedAt,
    endedAt: storeClock.now(),
    redact: dependencies.redact,
  })
  const rows = sample.slice(0, sampleSize).map(({ encoded }) => encoded.line)
  const found = { sample: { rows, rejects }, checks: check.findings }
  return { ...report, ...found, kept: kept && { folder: kept.folder, files: kept.names } }
}

async function checkSample(
  { destination, redact }: Pick<DryRunDependencies, 'destination' | 'redact'>,
  sample: readonly { readonly row: unknown; readonly encoded: EncodedRow }[],
  signal: AbortSignal,
): Promise<TargetCheck> {
  const mapped = sample.map(({ row }) => row)
  const encoded = sample.map((one) => one.encoded)
  return merged(
    await checkTarget(destination, mapped, redact, signal),
    await validateSample(destination, encoded, redact, signal),
  )
}

function doneNote(kept: KeptFiles | null): string {
  return kept
    ? `Nothing was sent. ${kept.names.length} files lie in App Builder Files under ${kept.folder} until the next dry run that keeps files.`
    : 'Nothing was written and nothing was sent.'
}

/** Null where the next run would read all that is due and send it. */
function endingOf(document: StateDocument, { kind }: StageEnd): string | null {
  const plan = waitingPlan(document)
  return plan ? planReason(plan) : kind === 'exhausted' ? null : kind
}

function mismatchOf({ findings }: TargetCheck): 'target-mismatch' | null {
  return findings.some(({ level }) => level === 'fault') ? 'target-mismatch' : null
}

/** Whether a plan waits already, or what the next run would plan. */
function plannedNotes(before: StateDocument, after: StateDocument): readonly string[] {
  const [waiting, planned] = [waitingPlan(before), waitingPlan(after)]
  if (waiting) return [planNote(waiting)]
  return planned ? [`The next run would make a plan and wait. ${planNote(planned)}`] : []
}

/** Removes batches, as if each had been delivered at once. */
function withoutDelivered(document: StateDocument): StateDocument {
  return { ...document, outbox: document.outbox.filter(({ state }) => state === 'held') }
}
