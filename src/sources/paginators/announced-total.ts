import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import type { PageAnswer } from './paginator'

/** The number of all records, as the answers of one read announce it. */
export interface AnnouncedTotal {
  /** Takes the total of an answer, which may be missing in all but the last one. */
  see(answer: PageAnswer): void
  /**
   * Compares the number of records read with the largest total: only that reveals a page that a server left out, and a
   * record that moved to a page that was read because another was deleted, which the last answer does not count any more.
   * @param read records in all pages
   * @throws JobError `source-malformed` where fewer came
   */
  assertComplete(last: PageAnswer, read: number): void
}

/** @param path where the total is in the body; undefined where it is not announced */
export function watchTotal(path: string | undefined): AnnouncedTotal {
  let largest = 0
  const totalOf = ({ body }: PageAnswer) => (path === undefined ? undefined : valueAt(body, path))

  return {
    see(answer) {
      const total = totalOf(answer)
      if (typeof total === 'number') largest = Math.max(largest, total)
    },
    assertComplete(last, read) {
      if (path === undefined) return
      const total = totalOf(last)
      if (typeof total !== 'number')
        throw incomplete(last, `has no number at ${path}, where its total should be`)
      largest = Math.max(largest, total)
      if (read < largest) throw incomplete(last, `announces ${largest} records at ${path} and sent ${read}`)
    },
  }
}

function incomplete({ url }: PageAnswer, what: string): JobError {
  return new JobError(
    'source-malformed',
    `${url} ${what}.`,
    'Read again: records may have been deleted meanwhile. If the error stays, compare the path of the total with an answer, or tell the owner of the source.',
    { details: { url } },
  )
}
