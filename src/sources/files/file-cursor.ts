import { createHash } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import type { PickedFile, Picker } from './pick'

/** Of the names that a cursor remembers. It is stored twice in the job's document, which has a limit of 512 KB. */
const maxDoneChars = 14_000

/** The cursor of a file source: the files that were read, and the place in the file that is being read. */
const FileCursor = z.strictObject({
  /** Files up to this place in the order count as read; null where none was forgotten yet. */
  floor: z.string().nullable(),
  /** When the newest file up to the floor was written, in ms since the epoch; null where it is not known. */
  until: z.number().nullable().default(null),
  /** Files after the floor that were read: name, version, place in the order, and when it was written. */
  done: z.array(z.tuple([z.string(), z.string(), z.string()]).rest(z.number())),
  open: z.strictObject({ name: z.string(), version: z.string(), records: z.int().nonnegative() }).nullable(),
})
export type FileCursor = z.infer<typeof FileCursor>

export const beginning: FileCursor = { floor: null, until: null, done: [], open: null }

/**
 * Reads a cursor. A person may state the name of a file instead (or, ordered by `modified`, an instant): all files up
 * to it then count as read.
 * @throws JobError `source-malformed`
 */
export function parseCursor(text: string, picker: Picker): FileCursor {
  if (!text.startsWith('{')) return { ...beginning, floor: picker.keyOf(text) ?? `${text}\u0002` }
  const parsed = FileCursor.safeParse(jsonOf(text))
  if (parsed.success) return parsed.data
  throw new JobError(
    'source-malformed',
    'The cursor of the job is not one of a file source.',
    'State the name of the last file that was read: resolve=definition as=continue from=<name>.',
  )
}

export function formatCursor(cursor: FileCursor): string {
  return JSON.stringify(cursor)
}

/** A short form of an ETag. */
export function versionOf({ version }: Pick<PickedFile, 'version'>): string {
  return version === null ? '' : createHash('sha256').update(version).digest('base64url').slice(0, 12)
}

/** A cursor that a person stated: the files up to its floor that are there count as read. */
export function withKnownFiles(cursor: FileCursor, files: readonly PickedFile[]): FileCursor {
  const { floor, until } = cursor
  if (floor === null || until !== null) return cursor
  return { ...cursor, until: files.filter(({ key }) => key <= floor).reduce(newest, null) }
}

/**
 * The file that was read in part comes first, so that the cursor never holds two of them. Late ones follow as they were
 * written: each raises `until`, and must not hide another one.
 */
export function inReadingOrder(cursor: FileCursor, files: readonly PickedFile[]): readonly PickedFile[] {
  const isOpen = ({ name }: PickedFile) => name === cursor.open?.name
  const isLate = (file: PickedFile) => standOf(cursor, file) === 'late'
  return [
    ...files.filter(isOpen),
    ...files.filter(isLate).sort((a, b) => (a.modified ?? 0) - (b.modified ?? 0)),
    ...files.filter((file) => !isOpen(file) && !isLate(file)),
  ]
}

/**
 * The state of a file in the cursor. `late`: it sorts before the files that the cursor names, and was written after
 * those that it has forgotten: it was not read, or not with this content.
 */
export function standOf(cursor: FileCursor, file: PickedFile): 'new' | 'open' | 'done' | 'replaced' | 'late' {
  const version = versionOf(file)
  if (cursor.open?.name === file.name) return cursor.open.version === version ? 'open' : 'replaced'
  const done = cursor.done.find(([name]) => name === file.name)
  if (done) return done[1] === version ? 'done' : 'replaced'
  if (cursor.floor === null || file.key > cursor.floor) return 'new'
  return cursor.until !== null && (file.modified ?? 0) > cursor.until ? 'late' : 'done'
}

/** The cursor after `records` records of a file. */
export function withinFile(cursor: FileCursor, file: PickedFile, records: number): FileCursor {
  return { ...withoutFile(cursor, file), open: { name: file.name, version: versionOf(file), records } }
}

/** The cursor after the last record of a file. The oldest files are forgotten where it grows too long. */
export function behindFile(cursor: FileCursor, file: PickedFile): FileCursor {
  const before = withoutFile(cursor, file)
  const written = file.modified === null ? [] : [file.modified]
  const entry: FileCursor['done'][number] = [file.name, versionOf(file), file.key, ...written]
  const done = [...before.done, entry].sort(([, , a], [, , b]) => (a < b ? -1 : 1))
  let { floor, until } = before
  let chars = done.reduce((sum, known) => sum + charsOf(known), 0)
  while (chars > maxDoneChars) {
    const oldest = done.shift()
    if (!oldest) break
    chars -= charsOf(oldest)
    if (floor === null || oldest[2] > floor) floor = oldest[2]
    until = newest(until, { modified: oldest[3] ?? null })
  }
  return { floor, until, done, open: null }
}

/** Signs that JSON escapes take up to six. */
function charsOf(entry: FileCursor['done'][number]): number {
  return JSON.stringify(entry).length + 1
}

function withoutFile({ floor, until, done }: FileCursor, { name }: PickedFile): FileCursor {
  return { floor, until, done: done.filter(([other]) => other !== name), open: null }
}

function newest(until: number | null, { modified }: Pick<PickedFile, 'modified'>): number | null {
  return modified === null || (until !== null && until >= modified) ? until : modified
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
