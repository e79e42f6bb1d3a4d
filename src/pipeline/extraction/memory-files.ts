import { JobError } from '../../errors'
import { bytesPerEntry, decodeEntries, encodeEntries } from './memory-entries'
import type { Memory as StoredMemory } from '../../state/run-file'
import type { RunFiles } from '../run-files'
import type { MemoryEntry } from './memory-entries'

/** So many entries fit into the state document; more become a file. */
const inlineEntries = 256

/** All remembered entries, oldest first. @throws JobError `state-missing` */
export async function* readEntries(
  stored: StoredMemory,
  files: Pick<RunFiles, 'read'>,
): AsyncIterable<MemoryEntry> {
  for (const { run, file } of stored.segments) {
    const bytes = await files.read(run, file)
    if (!bytes) throw segmentMissing(run, file)
    yield* decodeEntries(bytes)
  }
  yield* decodeEntries(Buffer.from(stored.inline, 'base64'))
}

/** Puts entries behind the segments: inline where they are few, else as one more segment. */
export async function storeEntries(
  entries: Iterable<MemoryEntry>,
  count: number,
  segments: StoredMemory['segments'],
  place: {
    readonly file: string
    readonly to: string
    readonly run: string
    readonly files: Pick<RunFiles, 'add'>
  },
): Promise<StoredMemory> {
  const bytes = encodeEntries(entries, count)
  if (bytes.length <= inlineEntries * bytesPerEntry) return { inline: bytes.toString('base64'), segments }
  await place.files.add(place.file, bytes)
  return { inline: '', segments: [...segments, { run: place.run, file: place.file, to: place.to }] }
}

function segmentMissing(run: string, file: string): JobError {
  return new JobError(
    'state-missing',
    `The deduplication index is incomplete: ${file} of the run ${run} is not in the store.`,
    'Restore the file. Without it, records that are read again would be sent twice. To go on without it: resolve=definition as=continue from=<where to go on>.',
    { details: { run, file } },
  )
}
