import { noMemory } from '../../state/run-file'
import { compareCursors, parseCursor } from '../extraction/cursor-value'
import { refused } from './acceptance'
import type { Incremental, RecordCursor } from '../../definition/sync'
import type { StateDocument } from '../../state/state-document'
import type { Cursor } from '../../state/work'
import type { Command } from '../run-context'
import type { BackfillRange } from './backfill-range'

/**
 * The range of an incremental job's backfill, in the notation of its cursor. Everything up to the cursor was read, so
 * all of it counts as done.
 * @throws JobError `params-invalid`
 */
export function cursorRange(
  { cursor: field }: Pick<Incremental, 'cursor'>,
  { cursor }: Pick<StateDocument, 'cursor'>,
  { from, to }: Pick<Command, 'from' | 'to'>,
): BackfillRange {
  if (field.kind === 'page') {
    throw refused(
      'The cursor of this job travels with the page, so a range of it cannot be cut out.',
      'To read again from a place that the source knows: resolve=definition as=continue from=<cursor>.',
    )
  }
  const ends = { from: readCursor('from', from, field), to: readCursor('to', to, field) }
  if (compareCursors(field, ends.from.at, ends.to.at) >= 0) {
    throw refused('`from` is not before `to`.', 'The range is half-open: `to` itself is not read.')
  }
  if (!cursor) throw refused('Nothing was read yet.', 'Run without from, to and force.')
  if (compareCursors(field, ends.to.at, cursor.at) > 0) {
    throw refused(
      `The range ends after ${cursor.since}, where the job goes on by itself.`,
      `End it there at the latest: to=${cursor.since}.`,
    )
  }
  const label = `${ends.from.since} – ${ends.to.since}`
  return {
    label,
    done: label,
    overlaps: (other) =>
      other.mode === 'incremental' &&
      compareCursors(field, other.from.at, ends.to.at) < 0 &&
      compareCursors(field, ends.from.at, other.to.at) < 0,
    toBackfill: (common) => ({ ...common, mode: 'incremental', ...ends, cursor: null, ties: noMemory }),
  }
}

/** @throws JobError `params-invalid` */
export function readCursor(name: 'from' | 'to', text: string | undefined, field: RecordCursor): Cursor {
  const cursor = text === undefined ? null : parseCursor(field, text)
  if (cursor) return cursor
  throw refused(
    text === undefined ? `\`${name}\` is missing.` : `\`${name}\` is not a cursor of this job: ${text}.`,
    `Give a value as the records carry it in "${field.path}": ${examples[field.notation]}.`,
  )
}

const examples: Readonly<Record<RecordCursor['notation'], string>> = {
  instant:
    'an instant like 2026-01-01T00:00:00Z, or the number of seconds or milliseconds where they carry one',
  number: 'a number like 1000',
  text: 'a text that sorts as the source sorts it',
}
