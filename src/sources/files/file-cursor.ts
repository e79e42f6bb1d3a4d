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
  /** Files after the floor that were read: name, version and place in the order. */
  done: z.array(z.tuple([z.string(), z.string(), z.string()])),
  open: z.strictObject({ name: z.string(), version: z.string(), records: z.int().nonnegative() }).nullable(),
})
export type FileCursor = z.infer<typeof FileCursor>

export const beginning: FileCursor = { floor: null, done: [], open: null }

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

/** The file that was read in part comes first, so that the cursor never holds two of them. */
export function openFileFirst({ open }: FileCursor, files: readonly PickedFile[]): readonly PickedFile[] {
  const isOpen = ({ name }: PickedFile) => name === open?.name
  return [...files.filter(isOpen), ...files.filter((file) => !isOpen(file))]
}

/** The state of a file in the cursor. */
export function standOf(cursor: FileCursor, file: PickedFile): 'new' | 'open' | 'done' | 'replaced' {
  const version = versionOf(file)
  if (cursor.open?.name === file.name) return cursor.open.version === version ? 'open' : 'replaced'
  const done = cursor.done.find(([name]) => name === file.name)
  if (done) return done[1] === version ? 'done' : 'replaced'
  return cursor.floor !== null && file.key <= cursor.floor ? 'done' : 'new'
}

/** The cursor after `records` records of a file. */
export function withinFile(cursor: FileCursor, file: PickedFile, records: number): FileCursor {
  return { ...withoutFile(cursor, file), open: { name: file.name, version: versionOf(file), records } }
}

/** The cursor after the last record of a file. The oldest files are forgotten where it grows too long. */
export function behindFile(cursor: FileCursor, file: PickedFile): FileCursor {
  const before = withoutFile(cursor, file)
  const entry: FileCursor['done'][number] = [file.name, versionOf(file), file.key]
  const done = [...before.done, entry].sort(([, , a], [, , b]) => (a < b ? -1 : 1))
  let { floor } = before
  let chars = done.reduce((sum, known) => sum + charsOf(known), 0)
  while (chars > maxDoneChars) {
    const oldest = done.shift()
    if (!oldest) break
    chars -= charsOf(oldest)
    if (floor === null || oldest[2] > floor) floor = oldest[2]
  }
  return { floor, done, open: null }
}

/** Signs that JSON escapes take up to six. */
function charsOf(entry: FileCursor['done'][number]): number {
  return JSON.stringify(entry).length + 1
}

function withoutFile({ floor, done }: FileCursor, { name }: PickedFile): FileCursor {
  return { floor, done: done.filter(([other]) => other !== name), open: null }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
