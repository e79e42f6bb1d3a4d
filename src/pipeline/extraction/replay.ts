import { JobError } from '../../errors'
import type { Page } from '../../sources/source'
import type { RejectSegment } from '../../state/state-document'
import type { RunFiles } from '../run-files'
import type { RejectIndex } from './reject-index'

/** Reads the records of open rejects: the newest copy of each, in the order in which they were rejected. */
export async function* rejectedPages(
  files: Pick<RunFiles, 'read'>,
  segments: readonly RejectSegment[],
  { entries }: Pick<RejectIndex, 'entries'>,
): AsyncIterable<Page> {
  const open = new Set<string>()
  for (const { state, segment, line } of entries) if (state === 'open') open.add(`${segment}/${line}`)
  for (const segment of segments) {
    const bytes = await files.read(segment.run, segment.file)
    if (!bytes) throw segmentMissing(segment)
    const lines = bytes.toString('utf8').split('\n').slice(0, -1)
    const rejects = lines
      .filter((_, line) => open.has(`${segment.id}/${line}`))
      .map((line) => JSON.parse(line) as { readonly record?: unknown })
    // A reject whose record could not be written cannot be replayed.
    yield { records: rejects.flatMap((reject) => ('record' in reject ? [reject.record] : [])) }
  }
}

function segmentMissing({ run, file, open }: RejectSegment): JobError {
  return new JobError(
    'state-missing',
    `${open} rejects cannot be tried again: ${file} of the run ${run} is not in the store.`,
    'Restore the file, or give the rejects up with resolve=rejects as=drop.',
    { details: { run, file } },
  )
}
