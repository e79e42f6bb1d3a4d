import { JobError } from '../../errors'
import type { Page } from '../../sources/source'
import type { RejectSegment } from '../../state/state-document'
import type { RunFiles } from '../run-files'

/** Reads rejects back as the records they were, in the order in which they were rejected. */
export async function* rejectedPages(
  files: RunFiles,
  segments: readonly RejectSegment[],
): AsyncIterable<Page> {
  for (const segment of segments) {
    const bytes = await files.read(segment.run, segment.file)
    if (!bytes) throw segmentMissing(segment)
    const lines = bytes.toString('utf8').split('\n').slice(0, -1)
    yield { records: lines.map((line) => (JSON.parse(line) as { record: unknown }).record) }
  }
}

function segmentMissing({ run, file, count }: RejectSegment): JobError {
  return new JobError(
    'state-missing',
    `${count} rejects cannot be tried again: ${file} of the run ${run} is not in the store.`,
    'Restore the file, or give the rejects up with resolve=rejects as=drop.',
    { details: { run, file } },
  )
}
