import * as z from 'zod'
import { valueAt } from '../../field-path'
import { parseLargeJson } from '../../http/json'
import { isPassing } from '../../http/retry-policy'
import { FieldPath } from '../../options'
import type { HttpResponse } from '../../http/http-client'

/**
 * `retry`: the answer may be another one later. `renew`: the credential is renewed once, then as `fail`. `smaller`: the
 * page is asked for again with half of `pageSize`. `skip`: there are no records; only for the first page of a read,
 * because the rest would be lost. `fail`: the run fails. `take`: the answer is a page, whatever it says of errors.
 */
export type AnswerAction = 'retry' | 'renew' | 'smaller' | 'skip' | 'fail' | 'take'

/** What to do with an answer of this status, or with this content in its JSON body, or with both. */
export interface AnswerRule {
  readonly status?: number
  /** A field of the body that has this value, or one of these; without `equals`, a field that is there and not null. */
  readonly body?: {
    readonly path: string
    readonly equals?: string | number | boolean | readonly (string | number | boolean)[]
  }
  readonly then: AnswerAction
}

const scalar = z.union([z.string(), z.number(), z.boolean()])

export const AnswerRules = z.array(
  z
    .strictObject({
      status: z.int('must be a whole number').min(200, 'must be a final status').max(599).optional(),
      body: z
        .strictObject({ path: FieldPath, equals: z.union([scalar, z.array(scalar).min(1)]).optional() })
        .optional(),
      then: z.enum(['retry', 'renew', 'smaller', 'skip', 'fail', 'take'], {
        error: 'must be "retry", "renew", "smaller", "skip", "fail" or "take"',
      }),
    })
    .refine(({ status, body }) => status !== undefined || body !== undefined, {
      error: 'needs a status or a body',
    }),
)

/** The first rule that matches decides; without one, HTTP's meaning of the status. */
export function actionFor(response: HttpResponse, rules: readonly AnswerRule[]): AnswerAction {
  let parsed: unknown
  let isParsed = false
  function body(): unknown {
    if (!isParsed) {
      const json = parseLargeJson(response.body)
      parsed = json.kind === 'json' ? json.value : undefined
      isParsed = true
    }
    return parsed
  }
  for (const rule of rules) {
    if (rule.status !== undefined && rule.status !== response.status) continue
    if (rule.body === undefined || hasField(body(), rule.body)) return rule.then
  }
  return standardAction(response)
}

/** Whether a body has the field of a rule, with one of its values. */
export function hasField(body: unknown, { path, equals }: NonNullable<AnswerRule['body']>): boolean {
  const value = valueAt(body, path)
  if (equals === undefined) return value !== undefined && value !== null
  return [equals].flat().some((wanted) => wanted === value)
}

/** @see RFC 9110 §15 */
function standardAction(response: HttpResponse): AnswerAction {
  if (response.status === 200) return 'take'
  if (response.status === 401) return 'renew'
  if (response.status === 413) return 'smaller'
  return isPassing(response) ? 'retry' : 'fail'
}
