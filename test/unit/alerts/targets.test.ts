import { targetsOf, unknownNames } from '../../../src/alerts/targets'
import { JobError } from '../../../src/errors'
import { jobWith } from '../../fixtures/run-dependencies'
import type { WatchedTenant } from '../../../src/alerts/targets'

const jobs = [jobWith({ name: 'orders' }), jobWith({ name: 'faulty', faults: ['no source'] })]
const everyMinutes = { orders: 15, 'orders@all': 60, gone: 5 }
const error = new JobError('state-corrupt', 'The file is damaged.', 'Delete it.')
const tenants: readonly WatchedTenant[] = [
  { kind: 'linked', name: 'A' },
  { kind: 'withdrawn', name: 'B', orgId: 'B@AdobeOrg' },
  { kind: 'unreadable', name: 'C', error },
]

it('jobs are watched by their own period, and for each linked organisation by that of its runs', () => {
  const watched = targetsOf(jobs, tenants, { everyMinutes }).flatMap((target) =>
    target.kind === 'job' ? [[target.name, target.everyMinutes]] : [],
  )

  expect(watched).toEqual([
    ['orders', 15],
    ['faulty', null],
    ['orders@A', 60],
    // No run begins without consent, so none is missed.
    ['orders@B', null],
    ['orders@C', null],
  ])
})

it('an organisation without consent, and one whose file is damaged, are conditions of the organisation', () => {
  const known = targetsOf(jobs, tenants, { everyMinutes }).flatMap((target) =>
    target.kind === 'known' ? [{ name: target.name, ...target.snapshot }] : [],
  )

  const speaksOf = ['needs-reauth', 'state-unreadable']
  expect(known).toEqual([
    { name: 'A', speaksOf, conditions: [] },
    {
      ...{ name: 'B', speaksOf },
      conditions: [
        expect.objectContaining({
          kind: 'needs-reauth',
          remedy: expect.stringContaining('--param org B@AdobeOrg') as string,
        }),
      ],
    },
    {
      ...{ name: 'C', speaksOf },
      conditions: [
        expect.objectContaining({
          kind: 'state-unreadable',
          subjects: ['state-corrupt'],
          text: error.message,
        }),
      ],
    },
  ])
})

it('a period of a job that does not exist is noted with the names that do', () => {
  expect(unknownNames(jobs, { everyMinutes })).toEqual([
    expect.stringMatching(/"gone".*orders, orders@all, faulty, faulty@all/),
  ])
})
