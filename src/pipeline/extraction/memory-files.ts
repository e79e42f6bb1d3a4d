import { JobError } from '../../errors'
import { decodeEntries, encodeEntries } from './memory-entries'
import type { Memory as StoredMemory } from '../../state/run-file'
import type { RunFiles } from '../run-files'
import type { MemoryEntry } from './memory-entries'

/** The most entries that the state document holds; more become files. */
const inlineEntries = 256
/** Entries of one file: files are read and written as a whole, 1.8 MB at a time. */
export const fileEntries = 64 * 1024

/** All remembered entries, oldest first. @throws JobError `state-missing` */
export async function* readEntries(
  stored: StoredMemory,
  files: Pick<RunFiles, 'read'>,
  keyed: boolean,
): AsyncIterable<MemoryEntry> {
  for (const { run, file } of stored.segments) {
    const bytes = await files.read(run, file)
    if (!bytes) throw segmentMissing(run, file)
    yield* decodeEntries(bytes, keyed)
  }
  yield* decodeEntries(Buffer.from(stored.inline, 'base64'), keyed)
}

/** Appends entries: inline where they are few, otherwise as further segments. */
export async function storeEntries(
  entries: Iterable<MemoryEntry>,
  count: number,
  segments: StoredMemory['segments'],
  place: {
    readonly file: string
    readonly to: string
    readonly keyed: boolean
    readonly run: string
    readonly files: Pick<RunFiles, 'add'>
  },
): Promise<StoredMemory> {
  if (count <= inlineEntries) {
    return { inline: encodeEntries(entries, count, place.keyed).toString('base64'), segments }
  }
  const { run, to, keyed, files } = place
  const added: StoredMemory['segments'] = []
  for (const part of partsOf(entries, Math.min(count, fileEntries), keyed)) {
    const file = added.length === 0 ? place.file : `${place.file}.${added.length}`
    await files.add(file, part)
    added.push({ run, file, to })
  }
  return { inline: '', segments: [...segments, ...added] }
}

/** Encoded entries, at most `size` at a time. */
function* partsOf(entries: Iterable<MemoryEntry>, size: number, keyed: boolean): Iterable<Buffer> {
  const iterator = entries[Symbol.iterator]()
  const rest: Iterable<MemoryEntry> = { [Symbol.iterator]: () => ({ next: () => iterator.next() }) }
  for (;;) {
    const part = encodeEntries(rest, size, keyed)
    if (part.length === 0) return
    yield part
  }
}

function segmentMissing(run: string, file: string): JobError {
  return new JobError(
    'state-missing',
    `The deduplication index is incomplete: ${file} of the run ${run} is not in the store.`,
    'Restore the file. Without it, records that are read again would be sent twice. To go on without it: resolve=definition as=continue from=<where to go on>.',
    { details: { run, file } },
  )
}
