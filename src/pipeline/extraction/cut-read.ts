import { JobError } from '../../errors'
import type { Page } from '../../sources/source'
import type { Cursor, Work } from '../../state/work'
import type { Position } from './position'

/**
 * The pages of an incremental read. A read that the source cut off must have moved the cursor: otherwise the next read
 * begins at the same place, and never reaches the records behind the cut. The cursor stays where all records of a page
 * share it, or lie within the lookback. A cut backfill is always refused, because no read follows it.
 * @param start where the read began
 * @throws JobError `source-malformed`
 */
export async function* readThatGoesOn(
  pages: AsyncIterable<Page>,
  work: Work,
  position: Position,
  start: Cursor | null,
): AsyncIterable<Page> {
  let isCut = false
  for await (const page of pages) {
    isCut = page.isCut === true
    yield page
  }
  if (!isCut) return
  const cursor = position.cursor()
  const isResumed = work.kind !== 'backfill' && cursor !== null && cursor.at !== start?.at
  if (!isResumed) throw cutOff(work, start)
}

function cutOff(work: Work, start: Cursor | null): JobError {
  return new JobError(
    'source-malformed',
    work.kind === 'backfill'
      ? 'The source tells of a next page before the end of the backfill, and declares no paginator.'
      : `The source tells of a next page, declares no paginator, and its page does not reach beyond ${start?.since ?? 'the beginning'}: each run would read the same records again.`,
    'Declare the `paginator` of the source; the next run reads again. Larger pages or a shorter lookback may do as well.',
  )
}
