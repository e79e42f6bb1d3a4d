import { readRunParams } from '../../../../src/app-builder/params/run-params'
import type { JobError } from '../../../../src/errors'

const alarm = { cron: '*/15 * * * *', trigger_payload: { job: 'flights' } }

it.each([
  ['an alarm, which passes its payload', { ...alarm, job: 'flights' }, 'flights'],
  ['`aio rt trigger fire`, which passes only what is stored on the trigger', alarm, 'flights'],
  ['`aio rt trigger fire --param job other`', { ...alarm, job: 'other' }, 'other'],
])('takes the job from the params of %s', (_caller, params, job) => {
  expect(readRunParams(params)).toMatchObject({ job, force: false })
})

it.each([
  ['no job at all', { cron: '* * * * *' }, 'job'],
  ['a payload that is text', { trigger_payload: 'flights' }, 'job'],
  ['a misspelt parameter', { job: 'flights', forse: true }, 'forse'],
  ['a misspelt parameter in the payload', { trigger_payload: { job: 'flights', forse: true } }, 'forse'],
])('refuses params with %s and shows how to pass a job', (_what, params, parameter) => {
  const error = errorOf(() => readRunParams(params))

  expect(error.code).toBe('params-invalid')
  expect(error.message).toContain(`"${parameter}"`)
  expect(error.remedy).toContain('trigger_payload: { job: flights }')
})

it('refuses a number cursor that has lost digits, because the job would go on behind records that it never read', () => {
  const error = errorOf(() => readRunParams({ job: 'flights', from: 2 ** 53 + 4 }))

  expect(error.message).toContain('"from" is invalid')
  expect(readRunParams({ job: 'flights', from: '9007199254740995' })).toMatchObject({
    from: '9007199254740995',
  })
})

it('ignores inputs and parameters of the platform', () => {
  expect(readRunParams({ job: 'flights', LOG_LEVEL: 'info', __ow_method: 'post' })).toMatchObject({
    job: 'flights',
  })
})

it.each([
  ['2026-01-01', '2026-01-01'],
  ['2026/01/01 00:47', '2026/01/01 00:47'],
  [1000, '1000'],
])('leaves the notation of `from` and `to` to the job: %p', (given, from) => {
  expect(readRunParams({ job: 'flights', from: given, to: given })).toMatchObject({ from, to: from })
})

it('accepts the id of an approved plan', () => {
  expect(readRunParams({ job: 'flights', approve: 'ab12' })).toMatchObject({ approve: 'ab12' })
})

it.each(['sent', 'resend', 'drop', 'continue'])('accepts the resolution %s', (as) => {
  expect(readRunParams({ job: 'flights', resolve: 'rejects', as, again: 'run-1' })).toMatchObject({
    as,
    again: 'run-1',
  })
})

it.each([
  ['aprove', { aprove: 'plan' }],
  ['approve', { approve: '' }],
  ['from', { from: '' }],
  ['as', { resolve: 'rejects', as: 'retry' }],
  ['force', { inspect: 'true', force: 'true' }],
  ['dryRun', { inspect: true, dryRun: true }],
  ['resolve', { inspect: true, resolve: 'rejects', as: 'drop' }],
])('refuses %s, which would have no effect', (parameter, params) => {
  expect(errorOf(() => readRunParams({ job: 'flights', ...params })).message).toContain(`"${parameter}"`)
})

function errorOf(call: () => unknown): JobError {
  try {
    call()
  } catch (error) {
    return error as JobError
  }
  throw new RangeError('it did not throw')
}

it('files are kept of a dry run only', () => {
  const dry = { job: 'flights', dryRun: 'true', keepFiles: 'true' }

  expect(readRunParams(dry)).toMatchObject({ dryRun: true, keepFiles: true })
  expect(() => readRunParams({ ...dry, dryRun: 'false' })).toThrow('no effect without "dryRun"')
})
