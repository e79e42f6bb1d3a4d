import { createHash } from 'node:crypto'
import { JobError } from '../../errors'

/** A longer sequence of pages without a record counts as endless. */
const emptyPagesLimit = 1_000

/** Detects pages that never end: a source that sends pages in a cycle, or empty pages without end. */
export interface EndlessPages {
  /**
   * @param page the token that asks for the page, or its content: equal values are the same page
   * @throws JobError `source-malformed`
   */
  check(page: string | Uint8Array, records: number, url: string): void
}

/**
 * Brent's cycle detection: each page is compared with one earlier page, which is replaced at every power of two. So a
 * cycle of any length is found within three times that length, with one hash in memory.
 */
export function watchForEndlessPages(): EndlessPages {
  let earlier: string | null = null
  let steps = 0
  let stride = 1
  let emptyInARow = 0

  return {
    check(page, records, url) {
      const hash = createHash('sha256').update(page).digest('base64')
      if (hash === earlier) throw endless(url, 'sends pages in a cycle: one of them came twice')
      steps += 1
      if (steps === stride || earlier === null) {
        earlier = hash
        stride *= 2
        steps = 0
      }
      emptyInARow = records === 0 ? emptyInARow + 1 : 0
      if (emptyInARow >= emptyPagesLimit)
        throw endless(url, `sent ${emptyPagesLimit} pages in a row without a record`)
    },
  }
}

function endless(url: string, what: string): JobError {
  return new JobError(
    'source-malformed',
    `${url} ${what}, so its pages would never end.`,
    'Compare the paginator of the job with the documentation of the source, or tell the owner of the source.',
    { details: { url } },
  )
}
