import { runLine } from '../../../../emulators/local/run-line'
import type { Activation } from '../../../../emulators/app-builder/openwhisk/activation'

function ended(name: string, status: Activation['response']['status'], result: object): string {
  const response = { status, statusCode: 0, success: status === 'success', result }
  const line = runLine({ name, end: 0, duration: 2_140, response } as unknown as Activation)
  return line.replace(/^\d\d:\d\d:\d\d {2}/, '')
}

it('the line of a run has job, outcome, counts and duration', () => {
  const report = { job: 'flights', outcome: 'succeeded', rows: 20_000, batches: 2, confirmed: 2 }

  expect(ended('run-job', 'success', report)).toBe(
    'flights: succeeded – 20,000 rows, 2 of 2 batches confirmed (2.1 s)',
  )
})

it('the line of a run that was skipped or failed has the reason', () => {
  const report = { job: 'flights', outcome: 'failed', reason: 'source-refused' }

  expect(ended('run-job', 'application error', report)).toBe('flights: failed, source-refused (2.1 s)')
})

it('the line of another action has its name and status', () => {
  expect(ended('connect', 'action developer error', { error: 'x' })).toBe(
    'connect: action developer error (2.1 s)',
  )
})
