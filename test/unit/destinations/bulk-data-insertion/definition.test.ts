import { gunzipSync } from 'node:zlib'
import { bulkDataInsertion } from '../../../../src/destinations/bulk-data-insertion/bulk-data-insertion'
import { input } from '../../../../src/inputs'
import { unusedContext, unusedUrl } from '../../../fixtures/destination-context'
import { errorOf } from '../../../fixtures/error-of'
import type { DestinationContext } from '../../../../src/destinations/destination'
import type { HitColumn } from '../../../../src/destinations/bulk-data-insertion/hit'

const columns = ['timestamp', 'marketingCloudVisitorID', 'userAgent', 'pageName'] as const

function define(change: object = {}) {
  return bulkDataInsertion({ reportSuite: input('SUITE'), columns, ...change })
}

function context(suite: string, settings: unknown = {}): DestinationContext {
  return unusedContext({ SUITE: suite }, { settings })
}

it('a definition without faults opens', () => {
  const definition = define()

  expect(definition.faults).toEqual([])
  expect(definition.open(context('suite')).identity).toEqual({
    kind: 'bulk-data-insertion',
    address: unusedUrl,
    account: 'client of org@AdobeOrg',
    target: 'suite',
  })
})

it.each<[string, object, RegExp]>([
  ['an unknown column', { columns: [...columns, 'eVar251' as HitColumn] }, /"eVar251" is unknown/],
  [
    'a column twice, whatever its case',
    { columns: [...columns, 'PAGENAME' as HitColumn] },
    /"PAGENAME".* twice/,
  ],
  ['no timestamp', { columns: columns.slice(1) }, /timestamp is missing/],
  ['no user agent', { columns: columns.filter((name) => name !== 'userAgent') }, /userAgent is missing/],
  ['no visitor id', { columns: ['timestamp', 'userAgent', 'pageName'] }, /visitor id is missing/],
  [
    'a customer id without its seed',
    { columns: ['timestamp', 'userAgent', 'pageName', 'customerID.crm.id', 'customerID.shop.isMCSeed'] },
    /visitor id is missing/,
  ],
  ['neither page nor link', { columns: columns.slice(0, 3) }, /pageURL or pageName is missing/],
  ['no visitor group', { groups: 0 }, /groups is 0/],
  ['half a visitor group', { groups: 1.5 }, /groups is 1.5/],
])('a definition with %s names that fault instead of throwing', (_what, change, fault) => {
  expect(define(change).faults.join(' ')).toMatch(fault)
})

it('a definition names all of its faults at once', () => {
  expect(define({ columns: [] }).faults).toHaveLength(4)
})

it.each([
  ['a blank', 'my suite'],
  ['a line break at its end', 'suite\n'],
  ['a character that no header may carry', 'süite'],
  ['a quote', 'suite"'],
  ['an empty id in a list', 'one,,two'],
])('a report suite with %s is refused when the job opens, by the name of its input', async (_what, suite) => {
  const error = await errorOf(Promise.resolve().then(() => define().open(context(suite))))

  expect(error).toMatchObject({ code: 'input-invalid' })
  expect(error.message).toContain('SUITE')
})

it('the partitioning changes where a seed customer id decides about the group of a visitor', () => {
  const customer = [...columns, 'customerID.crm.id', 'customerID.crm.isMCSeed']
  const grouping = (change: object) => define(change).open(context('suite')).partition.fingerprint

  expect(grouping({ groups: 2, columns: customer })).not.toBe(grouping({ groups: 2 }))
  expect(grouping({ columns: customer })).toBe(grouping({}))
})

it('several report suites are separated by commas', () => {
  expect(define().open(context('one.a,two_b-c')).identity.target).toBe('one.a,two_b-c')
})

it('a setting that is no number is refused by its name', async () => {
  const open = () => define().open(context('suite', { batchRows: 'many' }))

  const error = await errorOf(Promise.resolve().then(open))

  expect(error).toMatchObject({ code: 'input-invalid' })
  expect(error.message).toContain('batchRows')
})

it('settings override limits and times; settings of the engine are ignored', () => {
  const { limits, delivery } = define().open(
    context('suite', { leaseTtlMs: 1, batchRows: 7, requestMs: 8, groupMs: 9, settleMs: 10, trustMs: 11 }),
  )

  expect(limits).toMatchObject({ batchRows: 7, requestIntervalMs: 8 })
  expect(limits.partitionIntervalMs(1)).toBe(9)
  expect(delivery).toMatchObject({ visibleWithinMs: 10, rememberedMs: 11 })
})

it('a visitor group pauses 20 s, or as long as its rows take at 2,000 rows a second', () => {
  const { limits } = define().open(context('suite'))

  expect(limits.partitionIntervalMs(1)).toBe(20_000)
  expect(limits.partitionIntervalMs(100_000)).toBe(50_000)
})

it.each([
  ['is among the columns', { columns: [...columns, 'eVar50'], arrivalMarker: 'eVar50' }, 'among the columns'],
  ['is no eVar', { arrivalMarker: 'prop1' }, 'one of eVar1 to eVar250'],
  ['is no variable of Adobe', { arrivalMarker: 'eVar251' }, 'one of eVar1 to eVar250'],
])('a definition whose arrival marker %s has a fault', (_what, change, fault) => {
  expect(define(change).faults).toEqual([expect.stringContaining(fault)])
})

it('with an arrival marker every row begins with the short id of its batch, and the same rows become the same file', async () => {
  const visitor = '1'.repeat(38)
  const hit = { timestamp: 1_700_000_000, marketingCloudVisitorID: visitor, userAgent: 'a', pageName: 'p' }
  async function fileOf(shortId: string, change: object) {
    const { format } = define(change).open(context('suite'))
    const row = format.encode(hit)
    if (row.kind === 'reject') throw new RangeError(row.message)
    const file = format.open(shortId)
    for (let index = 0; index < 2; index += 1) file.append(row.line)
    return file.finish()
  }
  const marked = { arrivalMarker: 'eVar50' }

  const first = await fileOf('0123456789ab', marked)
  const again = await fileOf('0123456789ab', marked)
  const other = await fileOf('ba9876543210', marked)
  const plain = await fileOf('0123456789ab', {})

  expect(gunzipSync(first.bytes).toString().split('\r\n')).toEqual([
    'eVar50,timestamp,marketingCloudVisitorID,userAgent,pageName,reportSuiteID',
    `0123456789ab,1700000000,${visitor},a,p,suite`,
    `0123456789ab,1700000000,${visitor},a,p,suite`,
    '',
  ])
  expect(first.markers).toEqual(['0123456789ab'])
  expect(again.contentSha256).toBe(first.contentSha256)
  expect(other.contentSha256).not.toBe(first.contentSha256)
  expect(gunzipSync(plain.bytes).toString()).not.toContain('0123456789ab')
  expect(plain.markers).toBeUndefined()
})
