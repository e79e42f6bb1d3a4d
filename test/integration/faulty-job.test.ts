import { runJobAction } from '../../src/app-builder/run-job-action'
import { defineJob, fullRefresh, sliced, instant } from '../../src'
import { jobs } from '../fixtures/app/jobs'
import { startServices } from '../fixtures/services'
import type { Job } from '../../src'
import type { Services } from '../fixtures/services'

const [flights] = jobs as unknown as readonly [Job]

/** What the compiler would refuse: JavaScript, dynamic values, `any`. */
const broken: readonly [string, Job][] = [
  [
    'a misspelt time zone',
    defineJob({
      ...(flights as never as Parameters<typeof defineJob>[0]),
      name: 'broken',
      sync: sliced({
        ...{ every: 'day', start: '2026-11-20', cursor: instant('date') },
        timeZone: 'Europe/Berlim',
      }),
    } as never),
  ],
  ['a sync mode that its source cannot serve', { ...flights, name: 'broken', faults: ['sync: no'] }],
  ['no destination', defineJob({ ...flights, name: 'broken', destination: undefined } as never)],
  ['no source', defineJob({ ...flights, name: 'broken', source: undefined } as never)],
  ['no sync mode', defineJob({ ...flights, name: 'broken', sync: undefined } as never)],
  [
    'options of nothing',
    defineJob({ ...flights, name: 'broken', sync: fullRefresh(undefined as never) } as never),
  ],
  ['a name that is none', defineJob({ ...flights, name: undefined } as never)],
]

let services: Services
beforeAll(async () => {
  for (const method of ['log', 'warn', 'error'] as const)
    jest.spyOn(console, method).mockImplementation(() => undefined)
  services = await startServices()
})
afterAll(() => services.stop())

it.each(broken)('a job with %s fails, and the job beside it runs', async (_, faulty) => {
  // Sets the environment of an activation.
  await services.run({ inspect: 'true' })
  const main = runJobAction([faulty, flights])
  const failed = await main({ ...services.inputs, job: 'broken' })
  const expected = faulty.name === 'broken' ? 'job-invalid' : 'job-unknown'

  expect(failed).toMatchObject({ outcome: 'failed', error: { code: expected } })
  expect(await main({ ...services.inputs, job: 'flights', dryRun: 'true' })).toMatchObject({
    outcome: 'succeeded',
    records: expect.any(Number) as number,
  })
})

it('a job can be inspected although its inputs and its definition are faulty', async () => {
  await services.run()
  const main = runJobAction([{ ...flights, faults: ['map: must be a function'] }])
  const inputs = { ...services.inputs, ANALYTICS_REPORT_SUITE: '', FLIGHTS_API_BASE_URL: '' }

  expect(await main({ ...inputs, job: 'flights', inspect: 'true' })).toMatchObject({
    job: 'flights',
    reports: [{ outcome: 'succeeded' }],
  })
})
