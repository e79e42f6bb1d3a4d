import { JobError } from '../errors'
import { trackCursor } from './cursor-tracker'
import { createIntake } from './record-intake'
import { openUnit } from './staging-unit'
import type { CursorTracker } from './cursor-tracker'
import type { ExtractionControl } from './extraction'
import type { RunContext } from './run-context'
import type { StagingUnit } from './staging-unit'

/** Why extraction ended: nothing more to read, no time left, or a held batch in the way. */
export type StageEnd = 'exhausted' | 'deadline' | 'held'

/**
 * Extracts what is new and stages it: pages → records → rows + rejects → batches → outbox.
 * Commits at page ends only, each commit moving the cursor with its batches.
 * @throws JobError of the source, `too-many-rejects`, `source-order`, `definition-changed`
 */
export async function stage(context: RunContext, control: ExtractionControl): Promise<StageEnd> {
  const { job, source, destination, state, settings, deadline } = context
  if (isHeld(context)) return 'held'
  const start = state.document.cursor
  assertCursorFits(context)

  const tracker = job.position ? trackCursor(start, job.source.version) : null
  const intake = createIntake(job, destination, tracker)
  const pageMs = settings.sendTimeoutMs + settings.reserveMs
  let unit = nextUnit(context)

  const since = start && start.position !== '' ? start.position : null
  for await (const page of source.read({ since, range: null, signal: control.signal })) {
    for (const raw of page.records) {
      const taken = intake(raw)
      if (taken.kind === 'rows') unit.take(raw, taken.rows)
      else if (taken.kind === 'reject') unit.reject(raw, taken.reject)
      else if (taken.kind === 'filtered') unit.filter()
    }
    await unit.settle()
    control.signal.throwIfAborted()
    if (unit.isFull(page.records.length)) {
      await commit(unit, tracker)
      if (!(await roomInOutbox(context, control))) return 'held'
      unit = nextUnit(context)
    }
    if (!deadline.fits(pageMs)) {
      await commit(unit, tracker)
      return 'deadline'
    }
  }
  await commit(unit, tracker)
  return 'exhausted'
}

function nextUnit(context: RunContext): StagingUnit {
  return openUnit(context, { name: `commit-${context.state.document.commits + 1}`, generation: 0 })
}

async function commit(unit: StagingUnit, tracker: CursorTracker | null): Promise<void> {
  if (unit.records === 0) return
  const cursor = tracker?.cursor() ?? null
  await unit.commit((document) => ({ ...document, cursor }))
}

/** Waits until deliveries have made room; false where a hold means that they will not. */
async function roomInOutbox(context: RunContext, control: ExtractionControl): Promise<boolean> {
  const { state, settings } = context
  while (state.document.outbox.length >= settings.outboxLimit && !isHeld(context)) {
    await control.waiting(
      new Promise((resolve) => {
        control.signal.addEventListener('abort', () => resolve(), { once: true })
        void state.changed().then(resolve)
      }),
    )
    control.signal.throwIfAborted()
  }
  return !isHeld(context)
}

function isHeld({ state }: RunContext): boolean {
  return state.document.outbox.some((entry) => entry.state === 'held')
}

function assertCursorFits({ job, state }: RunContext): void {
  const cursor = state.document.cursor
  if (!cursor || cursor.sourceVersion === job.source.version) return
  throw new JobError(
    'definition-changed',
    `The source of the job "${job.name}" is version ${job.source.version}; its cursor was written by version ${cursor.sourceVersion}.`,
    'Put the old version back, or start a new job under another name from where this one stopped.',
    { details: { job: job.name, position: cursor.position } },
  )
}
