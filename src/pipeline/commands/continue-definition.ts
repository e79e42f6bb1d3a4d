import { parseInstant } from '../../instant'
import { noMemory } from '../../state/run-file'
import { isSameTarget, sameIdentity } from '../../state/reduce-command'
import { changesOf } from '../definition'
import { compareCursors, instantOf } from '../extraction/cursor-value'
import { refused } from './acceptance'
import { readCursor } from './cursor-range'
import type { Job } from '../../definition/job'
import type { PageCursor, RecordCursor } from '../../definition/sync'
import type { CommandEffect } from '../../state/command-effect'
import type { Memory, RunFile } from '../../state/run-file'
import type { Counting, StateDocument } from '../../state/state-document'
import type { Cursor } from '../../state/work'
import type { Resolution } from '../run-context'
import type { Acceptance } from './acceptance'

export interface ContinueOptions {
  readonly as: Resolution
  readonly from: string | undefined
  readonly storeNow: number
  /** Files of the deduplication index that are no longer in the store. */
  readonly lost: ReadonlySet<RunFile>
}

type Place = Pick<
  Extract<CommandEffect, { kind: 'definition-continued' }>,
  'floor' | 'cursor' | 'watermark'
> & {
  /**
   * Negative where `from` lies before the job's cursor or watermark, positive after it; null where they cannot be
   * compared.
   */
  readonly order: number | null
}

/**
 * Continues from a stated place under the present definition. An unchanged definition is accepted only where no other
 * command ends a block: an incremental job may step over a place where its source fails, and a job whose deduplication
 * index has lost files may continue without them.
 * @param counting of the present definition
 */
export function continueDefinition(
  job: Pick<Job, 'name' | 'sync'>,
  counting: Counting,
  document: StateDocument,
  { as, from, storeNow, lost }: ContinueOptions,
): Acceptance {
  if (as !== 'continue') {
    throw refused('A definition can only be continued.', 'Use resolve=definition as=continue from=<where>.')
  }
  const before = document.counting ?? counting
  const changes = changesOf(before, counting)
  const isSame = sameIdentity(before, counting)
  if (!isSame) assertNothingOfTheOld(document)
  const stepsOver = changes.length === 0 && lost.size === 0
  if (stepsOver) assertIncremental(job.sync)

  // The former cursor or watermark can be compared only in the same notation.
  const stood = sameNotation(before, counting) ? document : { cursor: null, watermark: null }
  const { order, ...place } = placeOf(job.sync, stood, from, storeNow)
  if (stepsOver && order !== null) assertAhead(order, from)
  const { memory } = document
  return {
    note: [whereTo(from, changes), consequenceOf(job.sync, order), whatIsGone(memory, lost)].join(' ').trim(),
    effect: {
      ...{ kind: 'definition-continued', counting, ...place },
      memory: isSame && !isElsewhere(job.sync, order) ? without(memory, lost) : noMemory,
      rowKeys: isSameTarget(before, counting) ? whole(document.rowKeys, lost) : null,
    },
  }
}

/** The memory stores no place for a text cursor: at another cursor its records would be taken for records there. */
function isElsewhere(sync: Job['sync'], order: number | null): boolean {
  const isText =
    sync.mode === 'incremental' && sync.cursor.kind === 'record' && sync.cursor.notation === 'text'
  return isText && order !== 0
}

function whereTo(from: string | undefined, changes: readonly string[]): string {
  const what = changes.length > 0 ? ` (${changes.join('; ')})` : ''
  return `The job goes on under its present definition${what}${from === undefined ? '' : ` from ${from}`}.`
}

function whatIsGone({ segments }: Memory, lost: ReadonlySet<RunFile>): string {
  if (lost.size === 0) return ''
  return `Of what it knew about records, ${lost.size} of ${segments.length} files are gone.`
}

/** @throws JobError `params-invalid` */
function assertIncremental({ mode }: Job['sync']): void {
  if (mode === 'incremental') return
  throw refused('The definition counts as it did.', 'Run without a command.')
}

/** @throws JobError `params-invalid` */
function assertAhead(order: number, from: string | undefined): void {
  if (order > 0) return
  throw refused(
    `The job has read beyond ${String(from)}, and its definition counts as it did.`,
    'Give a place after the one where it stands; or read a range again with from, to and force=true.',
  )
}

/** A range or reject of the old definition means nothing in the new one. @throws JobError `params-invalid` */
function assertNothingOfTheOld({ backfills, rejects }: StateDocument): void {
  if (backfills.length > 0) {
    throw refused(
      `${backfills.map(({ name }) => name).join(', ')} belong to the former definition.`,
      backfills.map(({ name }) => `End it with resolve=${name} as=drop.`).join(' '),
    )
  }
  const open = rejects.segments.reduce((sum, segment) => sum + segment.open, 0)
  if (open > 0) {
    throw refused(
      `${open} open rejects are known by the former definition and would not be recognised.`,
      'Give them up with resolve=rejects as=drop, or put the former definition back and try them again with resolve=rejects as=resend.',
    )
  }
}

function placeOf(
  sync: Job['sync'],
  document: Pick<StateDocument, 'cursor' | 'watermark'>,
  from: string | undefined,
  storeNow: number,
): Place {
  if (sync.mode === 'full-refresh') {
    if (from !== undefined) throw refused('A full refresh reads everything at each run.', 'Leave out from.')
    return { floor: null, cursor: null, watermark: null, order: null }
  }
  if (sync.mode === 'sliced') {
    const instant = from === undefined ? null : parseInstant(from, sync.timeZone)
    if (instant === null || instant > storeNow) {
      throw refused(
        from === undefined ? '`from` is missing.' : `\`from\` is no date or instant of the past: ${from}.`,
        `Use from=2026-01-01 (midnight in ${sync.timeZone}), or an instant like 2026-01-01T00:00:00Z.`,
      )
    }
    const floor = { at: iso(instant), since: iso(instant) }
    const order = document.watermark === null ? null : instant - document.watermark
    return { floor, cursor: null, watermark: instant, order }
  }
  const cursor = cursorAt(sync.cursor, from, storeNow)
  const field = sync.cursor.kind === 'record' ? sync.cursor : null
  const order = field && document.cursor ? compareCursors(field, cursor.at, document.cursor.at) : null
  return { floor: cursor, cursor, watermark: null, order }
}

function cursorAt(field: RecordCursor | PageCursor, from: string | undefined, storeNow: number): Cursor {
  if (field.kind === 'record') {
    const cursor = readCursor('from', from, field)
    // Records before `from` are never read: an instant in the future by mistake would leave out all records until then.
    if (field.notation !== 'instant' || instantOf(cursor.at) <= storeNow) return cursor
    throw refused(`\`from\` lies in the future: ${cursor.since}.`, 'Give an instant of the past.')
  }
  if (from === undefined)
    throw refused('`from` is missing.', 'Give the cursor of a page, as the source writes it.')
  return { at: from, since: from }
}

function without({ inline, segments }: Memory, lost: ReadonlySet<RunFile>): Memory {
  return { inline, segments: segments.filter((segment) => !lost.has(segment)) }
}

/** A list without some of its keys is worth nothing: null, so that the keys are recorded anew. */
function whole(rowKeys: StateDocument['rowKeys'], lost: ReadonlySet<RunFile>): StateDocument['rowKeys'] {
  return rowKeys?.parts.some((part) => lost.has(part)) ? null : rowKeys
}

/** True where both definitions write places in the same notation, so that they can be compared. */
function sameNotation(before: Counting, now: Counting): boolean {
  return before.mode === now.mode && before.cursor === now.cursor
}

/** The records that continuing from there leaves out or doubles. */
function consequenceOf({ mode }: Job['sync'], order: number | null): string {
  if (mode === 'full-refresh') return 'Records that are not recognised count as new and are sent again.'
  if (order === null) {
    return 'Records from there on that were sent before may count twice; earlier ones that were not sent are left out.'
  }
  if (order < 0)
    return 'Records from there up to where the job stood are read again, and count twice where they are not recognised.'
  if (order > 0)
    return 'Records between where the job stood and there are left out; a backfill can still send them.'
  return 'That is where the job stood: nothing is read again, nothing is left out.'
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
