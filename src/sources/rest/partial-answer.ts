import { JobError } from '../../errors'
import { hasField } from './answer-rules'
import type { AnswerRule } from './answer-rules'

const errorName = /^errors?$/i
const successName = /^(?:ok|(?:is_?)?success(?:ful)?|succeeded)$/i
const partialName = /^(?:(?:is_?)?(?:partial|incomplete)(?:_?results?)?|timed_?out)$/i
const failedState = /^(?:error|fail(?:ed|ure)?|partial(?:[ _-]\w+)?)$/i

/**
 * Refuses an answer that says beside its records that it is not whole: a list of errors, `success: false`, a status
 * "error", `incomplete_results: true`. An empty list beside an error would count as read, and records that a server
 * left out of a list would never be read. Only the fields of the answer itself are looked at. A rule of `answers`
 * for such a field permits it by `take`.
 * @throws JobError `source-malformed`
 */
export function assertWhole(url: string, body: unknown, rules: readonly AnswerRule[] = []): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return
  const found = Object.entries(body).find(
    ([name, value]: [string, unknown]) => saysPartial(name, value) && !isTaken(name, body, rules),
  )
  if (!found) return
  const [name] = found
  throw new JobError(
    'source-malformed',
    `The answer of ${url} says in its field ${name} that it failed or is not whole, beside the list of its records.`,
    `The next run reads again. Where the records are whole nevertheless, declare answers: [{ body: { path: '${name}' }, then: 'take' }].`,
    { details: { url } },
  )
}

function isTaken(name: string, body: unknown, rules: readonly AnswerRule[]): boolean {
  return rules.some(
    ({ then, body: field }) => then === 'take' && field?.path.split('.')[0] === name && hasField(body, field),
  )
}

function saysPartial(name: string, value: unknown): boolean {
  if (errorName.test(name)) return hasContent(value)
  if (successName.test(name)) return value === false
  if (partialName.test(name)) return value === true
  return name.toLowerCase() === 'status' && typeof value === 'string' && failedState.test(value)
}

/** Some APIs send `error: false`, `error: 0` or an empty list where there is none. */
function hasContent(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return (
    value === true ||
    (typeof value === 'string' && value !== '') ||
    (typeof value === 'number' && value !== 0)
  )
}
