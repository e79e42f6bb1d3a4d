import {
  bulkDataInsertion,
  childSource,
  defineJob,
  fullRefresh,
  inPath,
  incremental,
  input,
  instant,
  join,
  number,
  offset,
  pageCursor,
  restSource,
  sliced,
  text,
  z,
} from '../../../src'
import { jobs } from '../../fixtures/app/jobs'
import { findJob } from '../../../src/definition/find-job'
import { inputsOf } from '../../../src/definition/job-faults'
import { openJob } from '../../../src/definition/open-job'
import { errorThrownBy } from '../../fixtures/error-of'
import type { Job } from '../../../src'

type Untyped = (definition: object) => never

/** As JavaScript, and TypeScript that was talked out of its checks, see them. */
const js = {
  job: defineJob as unknown as (definition: object) => Job,
  incremental: incremental as unknown as Untyped,
  sliced: sliced as unknown as Untyped,
  fullRefresh: fullRefresh as unknown as Untyped,
  instant: instant as unknown as (path: unknown, options?: object) => never,
  rest: restSource as unknown as Untyped,
  destination: bulkDataInsertion as unknown as Untyped,
}

const rest = { baseUrl: input('API_BASE_URL'), path: '/v1/orders', records: 'data' }
const since = restSource({ ...rest, sinceParam: 'since' })
const range = restSource({ ...rest, rangeParams: { from: 'from', to: 'to' } })
const destination = bulkDataInsertion({
  reportSuite: input('SUITE'),
  columns: ['timestamp', 'marketingCloudVisitorID', 'userAgent', 'pageName'],
})
const orders = {
  name: 'orders',
  source: since,
  sync: incremental({ cursor: instant('at') }),
  record: z.object({ id: z.string(), at: z.string(), count: z.number(), meta: z.object({ at: z.string() }) }),
  map: () => null,
  destination,
}
const daily = { every: 'day', timeZone: 'Europe/Berlin', start: '2026-01-31', cursor: instant('at') }
const faultsOf = (change: object) => js.job({ ...orders, ...change }).faults

it.each(jobs.map((job) => [job.name, job] as const))(
  'the job %s of the fixture app is without a fault',
  (_name, job) => {
    expect(openJob(job)).toBe(job)
  },
)

describe('a declaration', () => {
  it('is data, with durations in ms and the defaults filled in', () => {
    const sync = incremental({ cursor: instant('at'), primaryKey: 'id', lookback: { days: 1, minutes: 30 } })

    expect(sync).toEqual({
      mode: 'incremental',
      cursor: {
        kind: 'record',
        notation: 'instant',
        path: 'at',
        unit: 'iso',
        timeZone: null,
        toleranceMs: 300_000,
        faults: [],
      },
      primaryKey: ['id'],
      lookback: 88_200_000,
      onChange: 'ignore',
      late: 'send',
      faults: [],
    })
  })

  it('of slices has by default no lag, no limit of slices per run, and sorting', () => {
    expect(js.sliced(daily)).toMatchObject({
      mode: 'sliced',
      every: 'day',
      timeZone: 'Europe/Berlin',
      start: '2026-01-31',
      lagMs: 0,
      slicesPerRun: null,
      ordered: false,
      primaryKey: null,
      lookback: null,
    })
  })

  it('of a full refresh keeps the rows of vanished records by default', () => {
    expect(fullRefresh({ primaryKey: ['id', 'at'], onChange: 'reject' })).toEqual({
      mode: 'full-refresh',
      primaryKey: ['id', 'at'],
      onChange: 'reject',
      onVanished: 'keep',
      late: 'send',
      faults: [],
    })
  })

  it('of a number cursor keeps the distance of its lookback', () => {
    expect(incremental({ cursor: number('count'), primaryKey: 'id', lookback: 100 }).lookback).toBe(100)
  })
})

describe('a job has a fault', () => {
  it.each<[string, object, string]>([
    ['name', { name: 'Orders' }, 'name: "Orders" must begin with a lower case letter'],
    ['name', { name: '../orders' }, 'name: "../orders" must'],
    ['name', { name: '' }, 'name: "" must'],
    ['approval', { approval: true }, 'job: "approval" must be "required", or absent'],
    ['expect', { expect: [1, 2] }, 'job: "expect" must be { rows: [least, most] }'],
    ['expect', { expect: { row: [1, 2], rows: [1, 2] } }, 'job: there is no option "expect.row"'],
    ['expect', { expect: { rows: [1] } }, 'job: "expect.rows" must be two numbers'],
    ['expect', { expect: { rows: [2, 1] } }, 'job: "expect.rows" must begin with the smaller number'],
    ['expect', { expect: { rows: [-1, 1] } }, 'job: "expect.rows.0" must not be negative'],
    ['expect', { expect: { rows: [0, 1.5] } }, 'job: "expect.rows.1" must be a whole number'],
    [
      'input',
      { source: js.rest({ ...rest, baseUrl: input('api_url') }) },
      'input: "api_url" must be upper case',
    ],
    [
      'time zone',
      { sync: js.sliced({ ...daily, timeZone: 'Europe/Berln' }), source: range },
      '"Europe/Berln" is none',
    ],
    [
      'start',
      { sync: js.sliced({ ...daily, start: '2026-02-30' }), source: range },
      'sliced: "start" must be an ISO 8601 date',
    ],
    [
      'start',
      { sync: js.sliced({ ...daily, start: '2026-01-31T06:00:00' }), source: range },
      'sliced: "start" must be',
    ],
    ['period', { sync: js.sliced({ ...daily, every: 'year' }), source: range }, 'sliced: "every" must be'],
    [
      'lag',
      { sync: js.sliced({ ...daily, lag: { hours: -1 } }), source: range },
      '"lag.hours" must not be negative',
    ],
    ['lag', { sync: js.sliced({ ...daily, lag: 3600 }), source: range }, '"lag" must be a duration'],
    [
      'slicesPerRun',
      { sync: js.sliced({ ...daily, slicesPerRun: 0 }), source: range },
      '"slicesPerRun" must be at least 1',
    ],
    [
      'slicesPerRun',
      { sync: js.sliced({ ...daily, slicesPerRun: 1.5 }), source: range },
      '"slicesPerRun" must be a whole number',
    ],
    [
      'ordered',
      { sync: js.sliced({ ...daily, ordered: 'yes' }), source: range },
      '"ordered" must be true or false',
    ],
    [
      'cursor of slices',
      { sync: js.sliced({ ...daily, cursor: text('at') }), source: range },
      '"cursor" must be instant(…)',
    ],
    [
      'unknown option',
      { sync: js.sliced({ ...daily, settlingMs: 1 }), source: range },
      'there is no option "settlingMs"',
    ],
    [
      'unknown option',
      { sync: js.incremental({ cursor: instant('at'), key: 'id' }) },
      'incremental: there is no option "key"',
    ],
    ['missing cursor', { sync: js.incremental({}) }, 'incremental: "cursor" must be'],
    ['cursor of its own', { sync: js.incremental({ cursor: 'at' }) }, 'incremental: "cursor" must be'],
    [
      'cursor path',
      { sync: js.incremental({ cursor: js.instant('') }) },
      'instant(""): "path" must be a field path',
    ],
    [
      'cursor path',
      { sync: js.incremental({ cursor: js.instant('meta..at') }) },
      '"path" must be a field path',
    ],
    [
      'cursor path',
      { sync: js.incremental({ cursor: js.instant('updatedAt') }) },
      'sync: the record has no field "updatedAt"',
    ],
    [
      'nested cursor path',
      { sync: js.incremental({ cursor: js.instant('meta.when') }) },
      'the record has no field "meta.when"',
    ],
    [
      'path below a text',
      { sync: js.incremental({ cursor: js.instant('at.day') }) },
      'the record has no field "at.day"',
    ],
    [
      'primary key path',
      { sync: js.fullRefresh({ primaryKey: ['id', 'idd'] }) },
      'the record has no field "idd"',
    ],
    [
      'cursor zone',
      { sync: js.incremental({ cursor: js.instant('at', { timeZone: 'Mars' }) }) },
      'instant("at"): "timeZone" must be an IANA time zone; "Mars" is none',
    ],
    [
      'cursor zone',
      { sync: js.incremental({ cursor: js.instant('at', { unit: 's', timeZone: 'UTC' }) }) },
      '"timeZone" has no effect',
    ],
    [
      'cursor option',
      { sync: js.incremental({ cursor: js.instant('at', { zone: 'UTC' }) }) },
      'there is no option "zone"',
    ],
    [
      'tolerance',
      { sync: js.incremental({ cursor: js.instant('at', { tolerance: {} }) }) },
      '"tolerance" must be longer than nothing',
    ],
    [
      'lookback',
      { sync: js.incremental({ cursor: instant('at'), lookback: { days: 1 } }) },
      '"lookback" needs a "primaryKey"',
    ],
    [
      'lookback',
      { sync: js.incremental({ cursor: instant('at'), primaryKey: 'id', lookback: {} }) },
      '"lookback" must be longer than nothing',
    ],
    [
      'lookback',
      { sync: js.incremental({ cursor: instant('at'), primaryKey: 'id', lookback: 5 }) },
      '"lookback" must be a duration',
    ],
    [
      'lookback',
      { sync: js.incremental({ cursor: number('count'), primaryKey: 'id', lookback: { days: 1 } }) },
      '"lookback" must be a number',
    ],
    [
      'lookback',
      { sync: js.incremental({ cursor: text('at'), primaryKey: 'id', lookback: 5 }) },
      '"lookback" needs an instant or number cursor',
    ],
    [
      'onChange',
      { sync: js.incremental({ cursor: instant('at'), onChange: 'reject' }) },
      '"onChange" needs a "primaryKey"',
    ],
    [
      'onChange',
      { sync: js.incremental({ cursor: instant('at'), primaryKey: 'id', onChange: 'reject' }) },
      '"onChange" has no effect without "lookback"',
    ],
    [
      'onChange',
      { sync: js.incremental({ cursor: pageCursor(), primaryKey: 'id', onChange: 'reject' }) },
      '"onChange" has no effect with a page cursor',
    ],
    [
      'onChange',
      { sync: js.fullRefresh({ primaryKey: 'id', onChange: 'update' }) },
      '"onChange" must be "ignore", "reject" or "send"',
    ],
    [
      'late',
      { sync: js.fullRefresh({ primaryKey: 'id', late: 'drop' }) },
      '"late" must be "send" or "reject"',
    ],
    [
      'onVanished',
      { sync: js.fullRefresh({ primaryKey: 'id', onVanished: 'delete' }) },
      '"onVanished" must be "keep" or "delete-key"',
    ],
    [
      'primary key',
      { sync: js.fullRefresh({}) },
      '"primaryKey" must be a field path or a list of field paths',
    ],
    ['primary key', { sync: js.fullRefresh({ primaryKey: [] }) }, '"primaryKey" must name a field'],
    [
      'primary key',
      { sync: js.fullRefresh({ primaryKey: ['id', 'id'] }) },
      '"primaryKey" names a field twice',
    ],
    [
      'deletions for a destination that adds',
      { sync: js.fullRefresh({ primaryKey: 'id', onVanished: 'delete-key' }) },
      'onVanished "delete-key" has no effect',
    ],
    [
      'changes for a destination that adds',
      { sync: js.fullRefresh({ primaryKey: 'id', onChange: 'send' }) },
      'onChange "send" would count a changed record twice',
    ],
    [
      'source without a filter',
      { source: restSource(rest) },
      'incremental needs a source with the capability "since"; this one has none',
    ],
    [
      'source without a range',
      { sync: js.sliced(daily) },
      'sliced needs a source with the capability "range"; this one has "since"',
    ],
    [
      'source without page cursors',
      { sync: js.incremental({ cursor: pageCursor() }) },
      'the capability "page-cursor"',
    ],
    [
      'shifting pages',
      { source: js.rest({ ...rest, sinceParam: 'since', paginator: offset({ param: 'skip' }) }) },
      'the pages of this source may overlap',
    ],
    [
      'source',
      { source: js.rest({ ...rest, sinceParam: 'since', path: 'v1' }) },
      'source: restSource: "path" must be',
    ],
    [
      'source without an address',
      { source: js.rest({ path: '/v1', records: '', sinceParam: 'since' }) },
      'source: restSource: "baseUrl" must be',
    ],
    [
      'destination without a suite',
      { destination: js.destination({ columns: ['timestamp'] }) },
      'input: "undefined" must be upper case',
    ],
    ['source', { source: undefined }, 'source: must be a source, such as restSource(…)'],
    ['sync', { sync: { mode: 'incremental' } }, 'sync: must be incremental(…), sliced(…) or fullRefresh(…)'],
    ['record', { record: {} }, 'record: must be a zod schema'],
    ['map', { map: 'eVar1' }, 'map: must be a function'],
    [
      'destination',
      { destination: null },
      'destination: must be a destination, such as bulkDataInsertion(…)',
    ],
    ['unknown part', { filter: () => true }, 'there is no part "filter"'],
  ])('in its %s', (_what, change, fault) => {
    expect(faultsOf(change)).toContainEqual(expect.stringContaining(fault))
  })

  it('for each mistake at once, and throws nothing until it is opened', () => {
    const job = js.job({
      ...orders,
      name: 'Orders',
      sync: js.sliced({ ...daily, timeZone: 'Mars', every: 'year' }),
    })

    const error = errorThrownBy(() => openJob(job))

    expect(error.code).toBe('job-invalid')
    for (const fault of ['"Orders" must', '"timeZone" must', '"every" must']) {
      expect(error.message).toContain(fault)
    }
    expect(error.remedy).toContain('docs/jobs.md')
  })
})

describe('the fields of a record', () => {
  const withCursor = (record: z.ZodType) =>
    faultsOf({ record, sync: js.incremental({ cursor: js.instant('at') }) })

  it.each([
    ['that are refined', z.object({ at: z.string() }).refine(() => true)],
    ['that are optional', z.object({ at: z.string().optional() }).readonly()],
    [
      'behind a transform, which nobody can look into',
      z.object({ when: z.string() }).transform((value) => value),
    ],
    ['that are loose', z.looseObject({ id: z.string() })],
    ['that are one of several', z.union([z.object({ at: z.string() }), z.object({ when: z.string() })])],
    ['that are unknown', z.unknown()],
  ])('%s are not found missing', (_what, record) => {
    expect(withCursor(record)).toEqual([])
  })

  it.each([
    ['that are strict', z.strictObject({ when: z.string() })],
    [
      'in another shape after a pipe',
      z
        .object({ at: z.string() })
        .transform(({ at }) => ({ when: at }))
        .pipe(z.object({ when: z.string() })),
    ],
    ['of a text', z.string()],
  ])('%s are found missing', (_what, record) => {
    expect(withCursor(record)).toEqual(['sync: the record has no field "at"'])
  })
})

describe('findJob', () => {
  const other = js.job({ ...orders, name: 'others' })

  it('finds a job by its name', () => {
    expect(findJob([...jobs, other], 'others')).toBe(other)
  })

  it('names the known jobs where there is none', () => {
    expect(errorThrownBy(() => findJob([other], 'order'))).toMatchObject({
      code: 'job-unknown',
      remedy: 'Known jobs: others.',
    })
  })

  it('refuses a name that two jobs have, and no other', () => {
    const list = [other, { ...other }, ...jobs]

    expect(errorThrownBy(() => findJob(list, 'others'))).toMatchObject({
      code: 'job-invalid',
      message: '2 jobs have the name "others".',
    })
    expect(findJob(list, 'flights').name).toBe('flights')
  })
})

describe('a join', () => {
  const named = {
    source: restSource(rest),
    key: 'id',
    by: 'id',
    fields: ['name'],
    whenUnmatched: 'null',
  } as const
  const record = orders.record.extend({ campaign: z.object({ name: z.string() }).nullable() })
  const joined = (options: object, change: object = {}) =>
    faultsOf({ record, joins: { campaign: join({ ...named, ...options }) }, ...change })

  it('of a whole declaration has no faults, and its inputs are those of the job', () => {
    expect(joined({})).toEqual([])
    const other = join({ ...named, source: restSource({ ...rest, baseUrl: input('OTHER_BASE_URL') }) })
    const job = js.job({ ...orders, record, joins: { campaign: other } })
    expect(inputsOf(job).map(({ name }) => name)).toEqual(['API_BASE_URL', 'OTHER_BASE_URL', 'SUITE'])
  })

  const keyed = (more: object) => ({
    sync: js.incremental({ cursor: instant('at'), primaryKey: 'id', ...more }),
  })
  const consent = { field: 'campaign.name', granted: ['yes'] }
  it.each([
    [
      'a field that the record has not',
      {},
      { record: orders.record },
      'has no field of that name in the record',
    ],
    [
      'a key that the record has not',
      { by: 'campaignId' },
      {},
      'reads the field "campaignId", which the record has not',
    ],
    [
      'a faulty source',
      { source: restSource({ ...rest, path: 'x' }) },
      {},
      'has the fault: source: restSource: "path" must be a path',
    ],
    [
      'another policy',
      { whenUnmatched: 'ignore' },
      {},
      'has the fault: join: "whenUnmatched" must be "reject" or "null"',
    ],
    [
      'a limit that memory has not',
      { limits: { records: 1e6 } },
      {},
      '"limits.records" must be 200,000 at most',
    ],
    ['an option that does not exist', { onMissing: 'null' }, {}, 'there is no option "onMissing"'],
    [
      'the primary key',
      {},
      { sync: js.incremental({ cursor: instant('at'), primaryKey: 'campaign.name' }) },
      'can be part of neither the primary key nor the cursor',
    ],
    [
      'the cursor',
      {},
      { sync: js.incremental({ cursor: text('campaign.name') }) },
      'can be part of neither the primary key nor the cursor',
    ],
    [
      'a consent that is not noticed later',
      {},
      { consent },
      'decides about the consent: it needs "changesRecords"',
    ],
    [
      'changes without a primary key',
      { changesRecords: true },
      {},
      'needs a primaryKey for "changesRecords"',
    ],
    [
      'changes that are never read again',
      { changesRecords: true },
      keyed({}),
      'has "changesRecords" without effect',
    ],
  ])('with %s has a fault', (_what, options, change, message) => {
    const [fault, ...others] = joined(options, change)
    expect(others).toEqual([])
    expect(fault).toContain('joins: "campaign" ')
    expect(fault).toContain(message)
  })

  it('that was not made by join is a fault', () => {
    expect(faultsOf({ record, joins: { campaign: named } })).toEqual(['joins: each must be made by join(…)'])
    expect(faultsOf({ record, joins: { campaign: undefined } })).toEqual([
      'joins: each must be made by join(…)',
    ])
  })

  it('may change records that a lookback reads again', () => {
    expect(joined({ changesRecords: true }, keyed({ lookback: { days: 1 } }))).toEqual([])
  })
})

describe('a sliced job of children', () => {
  const family = { fill: { id: inPath('order') }, carry: { as: 'meta', fields: ['at'] } } as const
  const lines = { ...rest, path: '/orders/{order}/lines' } as const
  const byParent = childSource({ parent: range, child: lines, ...family })
  const byChild = childSource({
    parent: restSource(rest),
    child: { ...lines, rangeParams: { from: 'from', to: 'to' } },
    ...family,
  })

  it.each([
    ['its parents', 'meta.at', byParent, []],
    ['its children', 'at', byChild, []],
    [
      'its parents',
      'at',
      byParent,
      [
        'sync: the parent takes the bounds of a slice, so the cursor must be one of its fields, such as "meta.createdAt"',
      ],
    ],
    [
      'its children',
      'meta.at',
      byChild,
      [
        'sync: the child takes the bounds of a slice, so the cursor must be one of its own fields, not of "meta"',
      ],
    ],
  ])('that filters %s and has the cursor %s', (_whose, cursor, source, faults) => {
    expect(faultsOf({ source, sync: js.sliced({ ...daily, cursor: instant(cursor) }) })).toEqual(faults)
  })
})
