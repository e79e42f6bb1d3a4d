import { compile } from '../../fixtures/compile'

/** Source, record and destination of every case; each case is a job file of its own. */
const prelude = `
import { z, defineJob, incremental, sliced, fullRefresh, instant, number, text, pageCursor } from '../src'
import { bulkDataInsertion, classifications, dataSources, input } from '../src'
import { nextToken, offset, pageNumber, restSource } from '../src'
import { childSource, join } from '../src'
import { bearer, inBody, inHeader, inPath, jsonBody, secret } from '../src'
import type { DestinationDefinition } from '../src/destinations/destination'
import type { SourceDefinition } from '../src/sources/source'

declare const upserts: DestinationDefinition<{ readonly id: string; readonly color?: string }, 'upsert'>
declare const files: SourceDefinition<'page-cursor', 'stable'>
declare const undecided: SourceDefinition
declare const flag: boolean

const rest = { baseUrl: input('API_BASE_URL'), path: '/v1/orders', records: 'data' } as const
const since = restSource({ ...rest, sinceParam: 'since' })
const range = restSource({ ...rest, rangeParams: { from: 'from', to: 'to' } })
const whole = restSource(rest)
const client = restSource({ ...rest, clientFilter: true })
const pages = restSource({ ...rest, sinceParam: 'since', paginator: pageNumber({ param: 'page' }) })
const record = z.object({
  id: z.string(),
  at: z.string(),
  when: z.coerce.date(),
  seconds: z.number(),
  serial: z.bigint(),
  maybe: z.string().optional(),
  nothing: z.string().nullable(),
  anything: z.any(),
  meta: z.object({ at: z.string() }),
  late: z.object({ at: z.string() }).optional(),
  items: z.array(z.object({ sku: z.string() })),
})
const destination = bulkDataInsertion({
  reportSuite: input('SUITE'),
  columns: ['timestamp', 'marketingCloudVisitorID', 'userAgent', 'linkType', 'linkName', 'eVar1'],
})
const company = { reportSuite: input('SUITE'), account: 'Costs', timeZone: 'UTC' }
const costs = dataSources({ ...company, kind: 'summary', columns: ['Tracking Code', 'Event 1'], repeats: 'sum' })
const refunds = dataSources({ ...company, kind: 'transaction-id', columns: ['Price'], negatives: ['Price'] })
const sync = incremental({ cursor: instant('at') })
const names = classifications({ reportSuite: input('SUITE'), variable: 'eVar1', columns: ['Name', 'Note'] })
const changes = { source: whole, sync: fullRefresh({ primaryKey: 'id', onChange: 'send' }) } as const
const job = { name: 'orders', source: since, sync, record, map: () => null, destination }
const lines = { ...rest, path: '/orders/{order}/lines' } as const
const ranged = { ...lines, rangeParams: { from: 'from', to: 'to' } } as const
const family = { fill: { id: inPath('order') }, carry: { as: 'meta', fields: ['at'] } } as const
const named = { source: whole, key: 'id', by: 'id', fields: ['name'] } as const
const withCampaign = record.extend({ campaign: z.object({ name: z.string(), note: z.string().optional() }) })
const daily = { every: 'day', timeZone: 'Europe/Berlin', start: '2026-01-31', cursor: instant('at') } as const
`

const works: Readonly<Record<string, string>> = {
  'an incremental job': `defineJob(job)`,
  'children of parents': `
    defineJob({ ...job, source: childSource({ parent: whole, child: lines, ...family }), sync: fullRefresh({ primaryKey: ['meta.at', 'id'] }) })
    defineJob({ ...job, source: childSource({ parent: whole, child: ranged, ...family }), sync: sliced(daily) })
    defineJob({ ...job, source: childSource({ parent: range, child: lines, ...family }), sync: sliced({ ...daily, cursor: instant('meta.at') }) })
    defineJob({ ...job, source: childSource({ parent: whole, child: { ...ranged, paginator: offset({ param: 'skip' }) }, ...family }), sync: sliced({ ...daily, primaryKey: 'id' }) })`,
  'a join': `
    defineJob({ ...job, record: withCampaign, joins: { campaign: join({ ...named, whenUnmatched: 'reject' }) }, map: ({ campaign }) => { campaign.name.length; return null } })
    defineJob({ ...job, record: record.extend({ campaign: withCampaign.shape.campaign.nullable() }), joins: { campaign: join({ ...named, whenUnmatched: 'null' }) } })`,
  'inputs of map': `defineJob({ ...job, inputs: { salt: secret('SALT') }, map: (_record, { salt }) => { salt.length; return null } })`,
  'a map without inputs': `defineJob({ ...job, map: (record) => { record.id.length; return null } })`,
  'places, formats and credentials of a source': `
    restSource({ ...rest, path: '/v1/{day}', rangeParams: { from: inPath('day'), to: inHeader('x-to') }, rangeFormat: { pattern: 'yyyy-MM-dd', timeZone: 'UTC' }, inclusiveEnds: true, authentication: bearer({ token: secret('TOKEN') }) })
    defineJob({ ...job, source: restSource({ ...rest, body: jsonBody(), sinceParam: inBody('since'), sinceFormat: 's' }) })`,
  'a cursor that is a Date': `defineJob({ ...job, sync: incremental({ cursor: instant('when') }) })`,
  'a nested cursor': `defineJob({ ...job, sync: incremental({ cursor: instant('meta.at') }) })`,
  'a cursor of seconds': `defineJob({ ...job, sync: incremental({ cursor: instant('seconds', { unit: 's' }) }) })`,
  'a cursor without a zone': `defineJob({ ...job, sync: incremental({ cursor: instant('at', { timeZone: 'UTC', tolerance: { hours: 1 } }) }) })`,
  'a number cursor': `defineJob({ ...job, sync: incremental({ cursor: number('serial') }) })`,
  'a text cursor with its changes': `defineJob({ ...job, sync: incremental({ cursor: text('at'), primaryKey: 'id', onChange: 'reject' }) })`,
  'a lookback': `defineJob({ ...job, sync: incremental({ cursor: instant('at'), primaryKey: ['id', 'meta.at'], lookback: { days: 3 }, onChange: 'reject', late: 'reject' }) })`,
  'a lookback of a number': `defineJob({ ...job, sync: incremental({ cursor: number('seconds'), primaryKey: 'id', lookback: 100 }) })`,
  'a page cursor': `defineJob({ ...job, source: files, sync: incremental({ cursor: pageCursor() }) })`,
  'a sliced job': `defineJob({ ...job, source: range, sync: sliced({ ...daily, lag: { hours: 6 }, slicesPerRun: 2, ordered: true }) })`,
  'a start that is an instant': `defineJob({ ...job, source: range, sync: sliced({ ...daily, start: '2026-01-31T06:00:00+01:00' }) })`,
  'a source that this app filters': `
    defineJob({ ...job, source: client })
    defineJob({ ...job, source: client, sync: sliced(daily) })`,
  'totals of a day': `
    defineJob({ ...job, destination: costs, map: (day) => ({ Date: day.at, 'Tracking Code': day.id, 'Event 1': day.seconds }) })
    defineJob({ ...job, destination: costs, map: (day) => [{ Date: day.when, 'Tracking Code': day.id, 'Event 1': undefined }] })`,
  'facts about transactions': `
    defineJob({ ...job, destination: refunds, map: (refund) => ({ Date: refund.at, transactionID: refund.id, onlineDate: null, Price: -1 }) })`,
  'a full refresh of any source': `defineJob({ ...job, source: whole, sync: fullRefresh({ primaryKey: 'id' }) })`,
  'changes sent to a destination that replaces': `
    defineJob({ ...job, destination: upserts, source: whole, sync: fullRefresh({ primaryKey: 'id', onChange: 'send' }) })`,
  'vanished keys deleted at a destination that upserts': `
    defineJob({ ...job, destination: upserts, source: whole, sync: fullRefresh({ primaryKey: 'id', onChange: 'send', onVanished: 'delete-key' }) })`,
  'pages that may overlap, with a primary key': `defineJob({ ...job, source: pages, sync: incremental({ cursor: instant('at'), primaryKey: 'id' }) })`,
  'a source that does not say what it can': `defineJob({ ...job, source: undecided, sync: incremental({ cursor: instant('at'), primaryKey: 'id' }) })`,
  'an approval and a band of rows': `defineJob({ ...job, approval: 'required', expect: { rows: [1, 100] } })`,
  'one row': `
    defineJob({ ...job, map: (order) => ({ timestamp: order.at, linkType: 'o', eVar1: order.maybe }) })`,
  'a row under a condition': `
    defineJob({ ...job, map: (order) => (flag ? null : { timestamp: order.at, ...(flag ? { eVar1: order.id } : {}) }) })`,
  'several rows': `
    defineJob({ ...job, map: (order) => [{ timestamp: order.at, linkType: 'o' }, { timestamp: order.when }] })
    defineJob({ ...job, map: (order) => order.items.map(({ sku }) => ({ timestamp: order.at, linkType: 'o' as const, eVar1: sku })) })`,
  'the classification of a key': `
    defineJob({ ...job, ...changes, destination: names, map: (order) => ({ key: order.seconds, Name: order.id, Note: order.nothing }) })`,
  statements: `
    defineJob({ ...job, map: (order) => { if (flag) return null; const name = order.id; return { timestamp: order.at, linkName: name } } })`,
}

const mistakes: readonly (readonly [name: string, source: string, message: string])[] = [
  [
    'an approval that is none of the kinds',
    `defineJob({ ...job, approval: 'optional' })`,
    `Type '"optional"' is not assignable to type '"required"'.`,
  ],
  [
    'a band of rows with one end',
    `defineJob({ ...job, expect: { rows: [1] } })`,
    "Type '[number]' is not assignable to type 'readonly [least: number, most: number]'.",
  ],
  [
    'an input of map that is not declared',
    `defineJob({ ...job, inputs: { salt: secret('SALT') }, map: (_record, { sugar }) => { sugar.length; return null } })`,
    `Property 'sugar' does not exist on type`,
  ],
  [
    'a format without the filter that it is for',
    `restSource({ ...rest, sinceFormat: 's' })`,
    'sinceFormat has no effect without sinceParam.',
  ],
  [
    'a column allowed for personal data that is not declared',
    `bulkDataInsertion({ reportSuite: input('SUITE'), columns: ['timestamp', 'eVar1'], allowPersonalData: ['eVar9'] })`,
    'eVar9',
  ],
  [
    'a metric allowed for personal data',
    `dataSources({ ...company, kind: 'summary', columns: ['Tracking Code', 'Event 1'], allowPersonalData: ['Event 1'] })`,
    'Event 1',
  ],
  // joins
  [
    'a join for a field that the record does not have',
    `defineJob({ ...job, joins: { campaign: join({ ...named, whenUnmatched: 'reject' }) } })`,
    "The record has no field 'campaign' for the join.",
  ],
  [
    'a join that may be null for a field that may not',
    `defineJob({ ...job, record: withCampaign, joins: { campaign: join({ ...named, whenUnmatched: 'null' }) } })`,
    "'campaign' is null where the join has no match: declare it nullable in `record`.",
  ],
  [
    'a join that does not bring a field',
    `defineJob({ ...job, record: withCampaign, joins: { campaign: join({ ...named, fields: ['note'], whenUnmatched: 'reject' }) } })`,
    "The join does not bring the field 'campaign.name'.",
  ],
  [
    'a join for a field of any type',
    `defineJob({ ...job, joins: { anything: join({ ...named, whenUnmatched: 'reject' }) } })`,
    "'anything' has the type any: declare the joined fields in `record`.",
  ],
  [
    'a join without a policy for records without a match',
    `join(named)`,
    "Property 'whenUnmatched' is missing",
  ],
  // children
  [
    'an incremental read of children',
    `defineJob({ ...job, source: childSource({ parent: since, child: lines, ...family }) })`,
    'The source has no filter for a cursor',
  ],
  [
    'a cursor for children',
    `childSource({ parent: whole, child: { ...lines, sinceParam: 'since' }, ...family })`,
    "'sinceParam' does not exist",
  ],
  [
    'slices of parents and children',
    `childSource({ parent: range, child: ranged, ...family })`,
    'The bounds of a slice go to the parent or to the child, and not to both.',
  ],
  [
    'slices of children without a filter',
    `defineJob({ ...job, source: childSource({ parent: since, child: lines, ...family }), sync: sliced(daily) })`,
    'The source has no filter for a slice',
  ],
  [
    'children whose pages may overlap, without a primary key',
    `defineJob({ ...job, source: childSource({ parent: whole, child: { ...ranged, paginator: offset({ param: 'skip' }) }, ...family }), sync: sliced(daily) })`,
    'the job needs a primaryKey',
  ],
  [
    'children of parents whose pages may overlap, without a primary key',
    `defineJob({ ...job, source: childSource({ parent: restSource({ ...rest, paginator: offset({ param: 'skip' }) }), child: ranged, ...family }), sync: sliced(daily) })`,
    'the job needs a primaryKey',
  ],
  // cursors
  [
    'a cursor that the record does not have',
    `defineJob({ ...job, sync: incremental({ cursor: instant('updatedAt') }) })`,
    "The record has no field 'updatedAt' for the cursor.",
  ],
  [
    'a nested cursor that the record does not have',
    `defineJob({ ...job, sync: incremental({ cursor: instant('meta.when') }) })`,
    "The record has no field 'meta.when' for the cursor.",
  ],
  [
    'a cursor that may be absent',
    `defineJob({ ...job, sync: incremental({ cursor: instant('maybe') }) })`,
    "'maybe' may be absent, and the cursor cannot read that.",
  ],
  [
    'a cursor below a field that may be absent',
    `defineJob({ ...job, sync: incremental({ cursor: instant('late.at') }) })`,
    "'late.at' may be absent, and the cursor cannot read that.",
  ],
  [
    'a cursor that may be null',
    `defineJob({ ...job, sync: incremental({ cursor: text('nothing') }) })`,
    "'nothing' may be null, and the cursor cannot read that.",
  ],
  [
    'a cursor of the type any',
    `defineJob({ ...job, sync: incremental({ cursor: instant('anything') }) })`,
    "'anything' has the type any: declare the field in `record`, so that the cursor can rely on it.",
  ],
  [
    'an instant that is a number without its unit',
    `defineJob({ ...job, sync: incremental({ cursor: instant('seconds') }) })`,
    "'seconds' has another type than the cursor can read.",
  ],
  [
    'an instant in seconds that is a text',
    `defineJob({ ...job, sync: incremental({ cursor: instant('at', { unit: 's' }) }) })`,
    "'at' has another type than the cursor can read.",
  ],
  [
    'a number that is a text, whose order would be that of its digits',
    `defineJob({ ...job, sync: incremental({ cursor: number('id') }) })`,
    "'id' has another type than the cursor can read.",
  ],
  [
    'a text that is a number',
    `defineJob({ ...job, sync: incremental({ cursor: text('seconds') }) })`,
    "'seconds' has another type than the cursor can read.",
  ],
  [
    'a zone of numbers since the epoch',
    `instant('seconds', { unit: 's', timeZone: 'UTC' })`,
    'A number since the epoch has no time zone.',
  ],
  ['an option of an instant that is unknown', `instant('at', { zone: 'UTC' })`, "'zone' does not exist"],
  // primary keys
  [
    'a primary key that the record does not have',
    `defineJob({ ...job, sync: incremental({ cursor: instant('at'), primaryKey: ['id', 'customer.id'] }) })`,
    "The record has no field 'customer.id' for the primary key.",
  ],
  [
    'a primary key that may be absent',
    `defineJob({ ...job, source: whole, sync: fullRefresh({ primaryKey: 'maybe' }) })`,
    "'maybe' may be absent, and the primary key cannot read that.",
  ],
  [
    'a primary key that is no plain value',
    `defineJob({ ...job, source: whole, sync: fullRefresh({ primaryKey: 'meta' }) })`,
    "'meta' has another type than the primary key can read.",
  ],
  ['a primary key without a field', `fullRefresh({ primaryKey: [] })`, "Type '[]' is not assignable"],
  ['a full refresh without a primary key', `fullRefresh({})`, "Property 'primaryKey' is missing"],
  // options that need each other
  [
    'a lookback without a primary key',
    `incremental({ cursor: instant('at'), lookback: { days: 1 } })`,
    'A lookback reads records again: without a primaryKey a changed record cannot be recognised.',
  ],
  [
    'a lookback in slices without a primary key',
    `sliced({ ...daily, lookback: { days: 1 } })`,
    'A lookback reads records again: without a primaryKey a changed record cannot be recognised.',
  ],
  [
    'a lookback of a text cursor',
    `incremental({ cursor: text('at'), primaryKey: 'id', lookback: { days: 1 } })`,
    'A lookback needs an instant or number cursor: a text or a page has nothing to subtract from.',
  ],
  [
    'a lookback of a page cursor',
    `incremental({ cursor: pageCursor(), primaryKey: 'id', lookback: { days: 1 } })`,
    'A lookback needs an instant or number cursor: a text or a page has nothing to subtract from.',
  ],
  [
    'a lookback of instants that is a number',
    `incremental({ cursor: instant('at'), primaryKey: 'id', lookback: 3600 })`,
    'A duration is written like { days: 1, hours: 12 }.',
  ],
  [
    'a lookback of numbers that is a duration',
    `incremental({ cursor: number('seconds'), primaryKey: 'id', lookback: { days: 1 } })`,
    'The lookback of a number cursor is a number: how far to go back.',
  ],
  [
    'a duration with an unknown unit',
    `incremental({ cursor: instant('at'), primaryKey: 'id', lookback: { days: 1, weeks: 1 } })`,
    'A duration has days, hours and minutes.',
  ],
  [
    'onChange without a primary key',
    `incremental({ cursor: instant('at'), onChange: 'reject' })`,
    'onChange needs a primaryKey: without one a changed record is another record.',
  ],
  [
    'onChange without a lookback, which never meets a change',
    `incremental({ cursor: instant('at'), primaryKey: 'id', onChange: 'reject' })`,
    'onChange has no effect without a lookback: a record that was sent is not read again.',
  ],
  [
    'onChange in slices without a lookback',
    `sliced({ ...daily, primaryKey: 'id', onChange: 'reject' })`,
    'onChange has no effect without a lookback: a record that was sent is not read again.',
  ],
  [
    'onChange with a page cursor',
    `incremental({ cursor: pageCursor(), primaryKey: 'id', onChange: 'reject' })`,
    'onChange has no effect with a page cursor: no page is read twice.',
  ],
  [
    'vanished keys deleted at a destination that adds rows',
    `defineJob({ ...job, source: whole, sync: fullRefresh({ primaryKey: 'id', onVanished: 'delete-key' }) })`,
    'The destination adds rows and has no keys: it deletes none.',
  ],
  [
    'a changed record sent to a destination that adds rows',
    `defineJob({ ...job, source: whole, sync: fullRefresh({ primaryKey: 'id', onChange: 'send' }) })`,
    'The destination adds rows and replaces none: sending a changed record would count it twice.',
  ],
  // sync modes and what their sources can do
  [
    'a cursor for a source without a filter',
    `defineJob({ ...job, source: whole })`,
    'The source has no filter for a cursor: set `sinceParam`, or declare `clientFilter`.',
  ],
  [
    'slices of a source without a range, which would read everything for each slice',
    `defineJob({ ...job, sync: sliced(daily) })`,
    'The source has no filter for a slice: set `rangeParams`, or declare `clientFilter`.',
  ],
  [
    'a page cursor of a source whose pages carry none',
    `defineJob({ ...job, sync: incremental({ cursor: pageCursor() }) })`,
    'The pages of this source carry no cursor.',
  ],
  [
    'a record cursor of a source that only knows pages',
    `defineJob({ ...job, source: files })`,
    'The source has no filter for a cursor',
  ],
  [
    'pages that may overlap without a primary key',
    `defineJob({ ...job, source: pages })`,
    'The pages of this source may overlap: the job needs a primaryKey to recognise records that come twice.',
  ],
  [
    'offsets without a primary key',
    `defineJob({ ...job, source: restSource({ ...rest, sinceParam: 'since', paginator: offset({ param: 'skip' }) }) })`,
    'The pages of this source may overlap',
  ],
  [
    'a source that does not say whether its pages overlap',
    `defineJob({ ...job, source: undecided })`,
    'The pages of this source may overlap',
  ],
  [
    'slices by a text',
    `sliced({ ...daily, cursor: text('at') })`,
    `"text"' is not assignable to type '"instant"'`,
  ],
  ['slices by pages', `sliced({ ...daily, cursor: pageCursor() })`, 'PageCursor'],
  [
    'slices without a cursor, which could not notice a record of another slice',
    `sliced({ every: 'day', timeZone: 'UTC', start: '2026-01-01' })`,
    "Property 'cursor' is missing",
  ],
  [
    'a start that is no date',
    `sliced({ ...daily, start: 'yesterday' })`,
    'A start is a date like 2026-01-31, or an instant like 2026-01-31T06:00:00Z.',
  ],
  [
    'a start whose zone is open',
    `sliced({ ...daily, start: '2026-01-31T06:00:00' })`,
    'A start is a date like 2026-01-31, or an instant like 2026-01-31T06:00:00Z.',
  ],
  ['a period that there is not', `sliced({ ...daily, every: 'minute' })`, `'"minute"' is not assignable`],
  // options without effect
  [
    'a period of an incremental job',
    `incremental({ cursor: instant('at'), every: 'day' })`,
    "'every' does not exist",
  ],
  ['an old name of an option', `incremental({ cursor: instant('at'), key: 'id' })`, "'key' does not exist"],
  [
    'a cursor of a full refresh',
    `fullRefresh({ primaryKey: 'id', cursor: instant('at') })`,
    "'cursor' does not exist",
  ],
  [
    'a policy that there is not yet',
    `fullRefresh({ primaryKey: 'id', onVanished: 'delete' })`,
    `'"delete"' is not assignable`,
  ],
  [
    'inclusive ends without a range',
    `restSource({ ...rest, sinceParam: 'since', inclusiveEnds: true })`,
    'inclusiveEnds has no effect without rangeParams.',
  ],
  [
    'a filter of this app beside that of the API',
    `restSource({ ...rest, sinceParam: 'since', clientFilter: true })`,
    'clientFilter has no effect beside sinceParam or rangeParams: the API filters.',
  ],
  [
    'a misspelt option of a source',
    `restSource({ ...rest, sinceParm: 'since' })`,
    "'sinceParm' does not exist",
  ],
  ['a misspelt part of a job', `defineJob({ ...job, filter: () => true })`, "'filter' does not exist"],
  // rows
  [
    'a misspelt column',
    `defineJob({ ...job, map: (order) => ({ timestamp: order.at, eVra1: order.id }) })`,
    'The destination does not declare the column eVra1.',
  ],
  [
    'a misspelt column under a condition',
    `defineJob({ ...job, map: (order) => ({ timestamp: order.at, ...(flag ? { eVra1: order.id } : {}) }) })`,
    'The destination does not declare the column eVra1.',
  ],
  [
    'a misspelt column in one of several rows',
    `defineJob({ ...job, map: (order) => [{ timestamp: order.at }, { timestamp: order.at, eVra1: order.id }] })`,
    'The destination does not declare the column eVra1.',
  ],
  [
    'a misspelt column in mapped rows',
    `defineJob({ ...job, map: (order) => order.items.map(({ sku }) => ({ timestamp: order.at, eVra1: sku })) })`,
    'The destination does not declare the column eVra1.',
  ],
  [
    'a misspelt column in one of two branches',
    `defineJob({ ...job, map: (order) => (flag ? { timestamp: order.at } : { timestamp: order.at, eVra1: order.id }) })`,
    'The destination does not declare the column eVra1.',
  ],
  [
    'a misspelt column behind a variable',
    `defineJob({ ...job, map: (order) => { const row = { timestamp: order.at, eVra1: order.id }; return row } })`,
    'The destination does not declare the column eVra1.',
  ],
  [
    'a misspelt column with a value of the type any',
    `defineJob({ ...job, map: (order) => ({ timestamp: order.at, eVra1: order.anything }) })`,
    "Type 'any' is not assignable to type 'never'",
  ],
  [
    'a column that this destination does not declare',
    `defineJob({ ...job, map: (order) => ({ timestamp: order.at, eVar2: order.id }) })`,
    'The destination does not declare the column eVar2.',
  ],
  [
    'a value of another type than its column',
    `defineJob({ ...job, map: (order) => ({ timestamp: order.at, eVar1: order.seconds }) })`,
    "Type 'number' is not assignable to type 'string'",
  ],
  [
    'a value that a column does not take',
    `defineJob({ ...job, map: (order) => ({ timestamp: order.at, linkType: 'x' }) })`,
    `'"x"' is not assignable`,
  ],
  [
    'a row of the type any',
    `defineJob({ ...job, map: (order) => order.anything })`,
    '`map` returns the type any, so its columns cannot be checked.',
  ],
  [
    'a row that is promised',
    `defineJob({ ...job, map: async (order) => ({ timestamp: order.at }) })`,
    'Promise<{',
  ],
  [
    'a forgotten return',
    `defineJob({ ...job, map: (order) => { if (flag) return { timestamp: order.at } } })`,
    'undefined',
  ],
  [
    'a field that the record does not have',
    `defineJob({ ...job, map: (order) => ({ timestamp: order.att }) })`,
    "Property 'att' does not exist",
  ],
  [
    'a classification without its key',
    `defineJob({ ...job, ...changes, destination: names, map: (order) => ({ Name: order.id, Note: null }) })`,
    "Property 'key' is missing",
  ],
  [
    'a classification without one of its columns',
    `defineJob({ ...job, ...changes, destination: names, map: (order) => ({ key: order.id, Name: order.id }) })`,
    "Property 'Note' is missing",
  ],
  [
    'a column that the classification does not declare',
    `defineJob({ ...job, ...changes, destination: names, map: (order) => ({ key: order.id, Name: order.id, Note: null, Color: order.id }) })`,
    'The destination does not declare the column Color.',
  ],
  [
    'a value that may be undefined',
    `defineJob({ ...job, ...changes, destination: names, map: (order) => ({ key: order.id, Name: order.maybe, Note: null }) })`,
    "'undefined' is not assignable",
  ],
  [
    'a variable that cannot be classified',
    `classifications({ reportSuite: input('SUITE'), variable: 'event1', columns: ['Name'] })`,
    `'"event1"' is not assignable`,
  ],
  [
    'a column that Adobe does not know',
    `bulkDataInsertion({ reportSuite: input('SUITE'), columns: ['timestamp', 'eVar251'] })`,
    `'"eVar251"' is not assignable`,
  ],
  [
    'a Data Sources column without its blank',
    `dataSources({ ...company, kind: 'summary', columns: ['Evar1', 'Event 1'] })`,
    `'"Evar1"' is not assignable`,
  ],
  [
    'a Data Sources column beyond the last event',
    `dataSources({ ...company, kind: 'summary', columns: ['Evar 1', 'Event 1001'] })`,
    `'"Event 1001"' is not assignable`,
  ],
  [
    'a negative metric that is no column',
    `dataSources({ ...company, kind: 'summary', columns: ['Evar 1', 'Event 1'], negatives: ['Event 2'] })`,
    `'"Event 2"' is not assignable`,
  ],
  [
    'repeats of transactions',
    `dataSources({ ...company, kind: 'transaction-id', columns: ['Price'], repeats: 'sum' })`,
    'Rows of transactions are never put together, so that `repeats` has no effect.',
  ],
  [
    'a column that this data source does not declare',
    `defineJob({ ...job, destination: costs, map: (day) => ({ Date: day.at, 'Tracking Code': day.id, 'Evar 2': day.id }) })`,
    'The destination does not declare the column Evar 2.',
  ],
  [
    'a metric that is a text',
    `defineJob({ ...job, destination: costs, map: (day) => ({ Date: day.at, 'Tracking Code': day.id, 'Event 1': day.id }) })`,
    "Type 'string' is not assignable to type 'number'",
  ],
  [
    'totals without a date',
    `defineJob({ ...job, destination: costs, map: (day) => ({ 'Tracking Code': day.id, 'Event 1': 1 }) })`,
    "Property 'Date' is missing",
  ],
  [
    'a refund that does not say when its order was',
    `defineJob({ ...job, destination: refunds, map: (refund) => ({ Date: refund.at, transactionID: refund.id, Price: -1 }) })`,
    'onlineDate',
  ],
]

/** All cases stand in one file, so that the compiler reads the app once. */
function compileCases(sources: readonly string[]): string[][] {
  const path = 'test/cases.ts'
  const lines = prelude.split('\n')
  const ranges = sources.map((source, index) => {
    const first = lines.length
    lines.push(`export const case${index} = () => {`, ...source.split('\n'), '}')
    return { first, last: lines.length - 1 }
  })
  const errors = compile({ [path]: lines.join('\n') }).get(path) ?? []
  return ranges.map(({ first, last }) =>
    errors.filter(({ line }) => line >= first && line <= last).map(({ message }) => message),
  )
}

const errors = compileCases([...Object.values(works), ...mistakes.map(([, source]) => source)])

describe('a job compiles with', () => {
  it.each(Object.keys(works).map((name, index) => [name, errors[index]] as const))('%s', (_name, found) => {
    expect(found).toEqual([])
  })
})

describe('a job does not compile with', () => {
  const first = Object.keys(works).length

  it.each(mistakes.map(([name, , message], index) => [name, errors[first + index], message] as const))(
    '%s',
    (_name, found, message) => {
      expect(found?.join('\n')).toContain(message)
    },
  )
})
