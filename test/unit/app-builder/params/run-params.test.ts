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

it('ignores inputs and parameters of the platform', () => {
  expect(readRunParams({ job: 'flights', LOG_LEVEL: 'info', __ow_method: 'post' })).toMatchObject({
    job: 'flights',
  })
})

function errorOf(call: () => unknown): JobError {
  try {
    call()
  } catch (error) {
    return error as JobError
  }
  throw new RangeError('it did not throw')
}
