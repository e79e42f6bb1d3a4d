import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import type { PageAnswer } from './paginator'

/**
 * Compares the number of records read with the number that the source announces: only that reveals a page that a server
 * left out. The total of the last answer counts, because records may be added meanwhile.
 * @param read records in all pages
 * @throws JobError `source-malformed` where fewer came
 */
export function assertComplete({ body, url }: PageAnswer, path: string | undefined, read: number): void {
  if (path === undefined) return
  const total = valueAt(body, path)
  if (typeof total === 'number' && read >= total) return
  const what =
    typeof total === 'number'
      ? `announces ${total} records at ${path} and sent ${read}`
      : `has no number at ${path}, where its total should be`
  throw new JobError(
    'source-malformed',
    `${url} ${what}.`,
    'Read again: records may have been deleted meanwhile. If the error stays, compare the path of the total with an answer, or tell the owner of the source.',
    { details: { url } },
  )
}
