import { readRunParams } from '../../../../src/app-builder/params/run-params'
import type { JobError } from '../../../../src/errors'

const alarm = { cron: '*/15 * * * *', trigger_payload: { job: 'flights' } }

it.each([
  ['an alarm, which passes its payload', { ...alarm, job: 'flights' }, 'flights'],
  ['`aio rt trigger fire`, which passes only what is stored on the trigger', alarm, 'flights'],
  ['`aio rt trigger fire --param job other`', { ...alarm, job: 'other' }, 'other'],
  ['a trigger that stores its payload as a text', { trigger_payload: '{"job":"flights"}' }, 'flights'],
  ['a trigger with an empty payload', { trigger_payload: '', job: 'flights' }, 'flights'],
])('takes the job from the params of %s', (_caller, params, job) => {
  expect(readRunParams(params)).toMatchObject({ job, force: false })
})

it.each([
  ['no job at all', { cron: '* * * * *' }, 'job'],
  ['a payload that is text', { trigger_payload: 'flights' }, 'trigger_payload'],
  ['a payload that is a list', { job: 'flights', trigger_payload: '["all"]' }, 'trigger_payload'],
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

it.each(['DryRun', 'Dryrun', 'dryrun', 'DRYRUN', 'DRY_RUN', 'dry_run'])(
  'refuses %s and names dryRun: as an input it would be ignored, and the run would send',
  (name) => {
    const error = errorOf(() => readRunParams({ job: 'flights', [name]: 'true' }))

    expect(error.code).toBe('params-invalid')
    expect(error.message).toContain(`"${name}" is invalid: it is written "dryRun"`)
  },
)

it('refuses a capitalised parameter that is not known, and no input', () => {
  const inputs = { LOG_LEVEL: 'info', TOKEN_ENCRYPTION_KEY: 'x', FROM_DATE: '2026', OAUTH2: 'y' }

  expect(readRunParams({ job: 'flights', ...inputs })).toMatchObject({ dryRun: false, force: false })
  expect(errorOf(() => readRunParams({ job: 'flights', Forse: 'true' })).message).toContain('"Forse"')
})

it('names the values that a flag takes', () => {
  expect(errorOf(() => readRunParams({ job: 'flights', dryRun: 'TRUE' })).message).toBe(
    'The parameter "dryRun" is invalid: must be true or false.',
  )
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
