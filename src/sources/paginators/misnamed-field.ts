import { JobError } from '../../errors'
import { valueAt } from '../../field-path'
import { envelopeFields, isNextToken } from './envelope-fields'
import type { PageAnswer } from './paginator'

/**
 * Refuses an answer to the first request that lacks the declared field, and has one of nearly that name somewhere else,
 * or a token of the next page: a misspelt path would pass for the last page, and all later records would be left out.
 * Later answers are not searched, because some servers repeat the token of the request in them.
 * @throws JobError `source-malformed`
 */
export function assertNotMisnamed({ body, url }: PageAnswer, path: string): void {
  if (valueAt(body, path) !== undefined) return
  const wanted = plain(path)
  const found = envelopeFields(body).find(
    (field) => isNextToken(field) || (isValue(field.value) && isSimilar(plain(field.name), wanted)),
  )
  if (!found) return
  throw new JobError(
    'source-malformed',
    `The answer of ${url} has no field ${path}, where the paginator of the source looks for the next page, but it has the field ${found.path}.`,
    'Correct `path` in the paginator. If the other field means something else, choose another paginator.',
    { details: { url } },
  )
}

function isValue(field: unknown): boolean {
  return (typeof field === 'string' && field !== '') || typeof field === 'number'
}

/** The last name of a path in lower case, without underscores and hyphens. */
function plain(name: string): string {
  const last = name.slice(name.lastIndexOf('.') + 1)
  return last.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** Equal, or for longer names one or two slips apart: other words of the same length, such as `prev`, differ by more. */
function isSimilar(one: string, other: string): boolean {
  const slips = other.length < 5 ? 0 : other.length < 8 ? 1 : 2
  return slipsBetween(one, other) <= slips
}

/** The Levenshtein distance: characters to insert, delete or replace. */
function slipsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 0; i < one.length; i += 1) {
    const next = [i + 1]
    for (let j = 0; j < other.length; j += 1) {
      const replaced = (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
