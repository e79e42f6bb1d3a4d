import { noCounters } from '../state/counters'
import { jobFolder, openJobDocument } from '../state/job-document'
import { reduce } from '../state/reduce'
import { newDocument } from '../state/state-document'
import { createStoreClock } from '../state/store-clock'
import { waitingPlan } from '../state/plan'
import { checkNotes, checkTarget, checkedRows } from './check-target'
import { acceptCommand } from './commands/accept-command'
import { driftNotes } from './drift/drift-policy'
import { watchDrift } from './drift/watch-drift'
import { planNote, planReason } from './plan-note'
import { reportOf } from './run-report'
import { stage } from './stage'
import type { CheckFinding, Format } from '../destinations/destination'
import type { TargetCheck } from './check-target'
import type { JobState } from '../state/job-state'
import type { RunReport } from '../state/run-report'
import type { StateDocument } from '../state/state-document'
import type { RunDependencies } from './run-context'
import type { RunFiles } from './run-files'
import type { StageEnd } from './stage'

const sampleSize = 5
const nothingDone = 'Nothing was written and nothing was sent.'

/** The report of a dry run: how the next run would process the work that is due now. */
export interface DryRunReport extends RunReport {
  /** The first rows as they would be written, and the first rejects. */
  readonly sample: { readonly rows: readonly string[]; readonly rejects: readonly unknown[] }
  /** The live target's check of the definition and of its rows. */
  readonly checks: readonly CheckFinding[]
}

type DryRunDependencies = Omit<RunDependencies, 'invokeSelf' | 'newId'>

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
  const rows: string[] = []
  const rejects: unknown[] = []
  const asked = sinkState({ ...before, counters: noCounters }, storeClock, signal)
  const files = sinkFiles(dependencies, (reject) => {
    if (rejects.length < sampleSize) rejects.push(reject)
  })
  // The files that the command itself writes are small, and the extraction reads them again.
  const written = new Map<string, Buffer>()
  const add: RunFiles['add'] = (name, bytes) => Promise.resolve(void written.set(name, Buffer.from(bytes)))
  const read: RunFiles['read'] = async (run, name) => written.get(name) ?? files.read(run, name)
  const notes = await acceptCommand({ ...dependencies, state: asked, files: { ...files, add } })
  const state = sinkState(withoutDelivered(asked.document), storeClock, signal, withoutDelivered)
  const mapped: unknown[] = []
  const format = sampling(destination.format, (row, line) => {
    if (mapped.length < checkedRows) mapped.push(row)
    if (rows.length < sampleSize) rows.push(line)
  })

  const drift = watchDrift(job, dependencies.redact)
  const end = await stage(
    { ...dependencies, destination: { ...destination, format }, state, files: { ...files, read }, drift },
    { signal, isClosing: () => false, waiting: () => Promise.resolve() },
  )
  const check = await checkTarget(destination, mapped, dependencies.redact, signal)
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
      ...plannedNotes(before, state.document),
      ...driftNotes(job, drift.found()),
      ...checkNotes(check),
      nothingDone,
    ],
    startedAt,
    endedAt: storeClock.now(),
    redact: dependencies.redact,
  })
  return { ...report, sample: { rows, rejects }, checks: check.findings }
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

/** Applies events to a copy. */
function sinkState(
  before: StateDocument,
  storeClock: JobState['storeClock'],
  signal: AbortSignal,
  settle = (document: StateDocument) => document,
): JobState {
  let document = before
  const apply: JobState['later'] = (event) => {
    document = settle(reduce(document, event))
  }
  return {
    run: 'dry-run',
    get document() {
      return document
    },
    storeClock,
    signal,
    write(...events) {
      for (const event of events) apply(event)
      return Promise.resolve(0)
    },
    later: apply,
    changed: () => Promise.resolve(),
    release: () => Promise.resolve(),
  }
}

/** Reads from the store and discards writes; the first rejects of each file go to `onReject`. */
function sinkFiles({ job, store }: DryRunDependencies, onReject: (reject: unknown) => void): RunFiles {
  const folder = (run: string) => `${jobFolder(job.name)}outbox/${run}/`

  return {
    add(name, bytes) {
      if (!name.endsWith('.jsonl')) return Promise.resolve()
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 65_536)).toString()
      for (const line of text.split('\n').slice(0, sampleSize)) {
        const reject = parsed(line)
        if (reject !== undefined) onReject(reject)
      }
      return Promise.resolve()
    },
    async read(run, name) {
      const blob = await store.read(folder(run) + name)
      return blob.etag === null ? null : blob.body
    },
    delete: () => Promise.resolve(),
    async *list(run) {
      for await (const path of store.list(folder(run))) yield path.slice(folder(run).length)
    },
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** @param onRow receives each row as `map` made it, and its line */
function sampling(format: Format, onRow: (row: unknown, line: string) => void): Format {
  return {
    ...format,
    encode(row) {
      const encoded = format.encode(row)
      if (encoded.kind === 'row') onRow(row, encoded.line)
      return encoded
    },
  }
}
