import { assertWhole } from '../../../../src/sources/rest/partial-answer'
import type { AnswerRule } from '../../../../src/sources/rest/answer-rules'

const check = (body: unknown, rules?: readonly AnswerRule[]) => () =>
  assertWhole('https://api.example.com/v1', body, rules)

it.each<[string, object]>([
  ['errors', { errors: [{ message: 'shard 2 failed' }] }],
  ['error', { error: 'quota' }],
  ['error', { error: { code: 4 } }],
  ['error', { error: true }],
  ['success', { success: false }],
  ['ok', { ok: false }],
  ['status', { status: 'ERROR' }],
  ['status', { status: 'partial_success' }],
  ['incomplete_results', { incomplete_results: true }],
  ['timed_out', { timed_out: true }],
])('an answer whose field %s says that it failed is no page: %j', (field, beside) => {
  expect(check({ data: [], ...beside })).toThrow(
    expect.objectContaining({
      code: 'source-malformed',
      message: expect.stringContaining(`says in its field ${field} that it failed`) as string,
      remedy: expect.stringContaining(`path: '${field}' }, then: 'take'`) as string,
    }) as Error,
  )
})

it.each<[string, unknown]>([
  ['no error', { errors: [], error: null, success: true, ok: true, status: 'ok', timed_out: false }],
  ['empty values', { error: '', errors: {} }],
  ['codes of no error', { error: 0, status: 200 }],
  ['an error of a record', { data: [{ error: 'x', status: 'failed' }] }],
  ['a list alone', [{ error: 'x' }]],
])('an answer with %s is a page', (_what, body) => {
  expect(check(body)).not.toThrow()
})

it('a rule takes the value that it names, and no other rule does', () => {
  const body = { data: [], status: 'partial' }
  const rule = (equals: string, then: AnswerRule['then']): readonly AnswerRule[] => [
    { body: { path: 'status', equals }, then },
  ]

  expect(check(body, rule('partial', 'take'))).not.toThrow()
  expect(check(body, rule('failed', 'take'))).toThrow('field status')
  expect(check(body, rule('failed', 'retry'))).toThrow('field status')
  expect(check({ ...body, error: 'x' }, rule('partial', 'take'))).toThrow('field error')
})
