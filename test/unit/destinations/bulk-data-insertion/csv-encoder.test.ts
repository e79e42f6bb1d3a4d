import { parse } from 'csv-parse/sync'
import fc from '../../../fixtures/fast-check'
import { createCsvEncoder } from '../../../../src/destinations/bulk-data-insertion/csv-encoder'
import type { EncodedRow, Reject } from '../../../../src/destinations/destination'

const columns = [
  'timestamp',
  'marketingCloudVisitorID',
  'visitorID',
  'userAgent',
  'pageName',
  'linkType',
  'linkName',
  'eVar1',
  'prop1',
  'list1',
  'contextData.note',
  'contextData.more',
  'events',
  'products',
  'purchaseID',
  'zip',
  'currencyCode',
]
const encoder = createCsvEncoder({ columns, reportSuite: 'suite', groups: 3, allowVisitorId: false })
const visitor = '12345678901234567890123456789012345678'
const hit = {
  timestamp: 1_700_000_000,
  marketingCloudVisitorID: visitor,
  userAgent: 'test/1.0',
  pageName: 'home',
}

function contextData(note: number, more: number) {
  return { 'contextData.note': 'x'.repeat(note), 'contextData.more': 'x'.repeat(more) }
}

function encode(change: Record<string, unknown>): EncodedRow | Reject {
  return encoder.encode({ ...hit, ...change })
}

it('the CSV encoder writes any text so that another CSV reader reads it back', () => {
  const text = fc
    .string({ unit: 'grapheme', maxLength: 60 })
    .map((value) => value.replace(/\p{Cc}/gu, '\n'))
    .filter((value) => Buffer.byteLength(value) <= 100)
  fc.assert(
    fc.property(text, text, text, (eVar1, prop1, note) => {
      const row = encode({ eVar1, prop1, 'contextData.note': note })
      if (row.kind === 'reject') throw new Error(row.message)
      const [read] = parse<Record<string, string>>(encoder.header + row.line, { columns: true })
      expect(read).toMatchObject({
        eVar1,
        prop1,
        'contextData.note': note,
        reportSuiteID: 'suite',
        timestamp: '1700000000',
      })
    }),
    { numRuns: 500 },
  )
})

it('the CSV encoder writes the same hit as the same bytes', () => {
  expect(encode({ eVar1: 'a,b' })).toEqual(encode({ eVar1: 'a,b' }))
})

it('the CSV encoder puts a visitor always into the same group, within the number of groups', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 10n ** 37n, max: 10n ** 38n - 1n }), (id) => {
      const row = encode({ marketingCloudVisitorID: String(id) })
      const again = encode({ marketingCloudVisitorID: String(id), eVar1: 'other' })
      expect(row).toMatchObject({ kind: 'row', partition: expect.any(Number) as number })
      if (row.kind === 'row' && again.kind === 'row') {
        expect(again.partition).toBe(row.partition)
        expect(row.partition).toBeLessThan(3)
      }
    }),
  )
})

it.each([
  ['a number of seconds', 1_700_000_000],
  ['seconds as text', '1700000000'],
  ['ISO 8601 in UTC', '2023-11-14T22:13:20Z'],
  ['ISO 8601 with an offset', '2023-11-14T23:13:20+01:00'],
  ['a Date', new Date(1_700_000_000_999)],
  ['the text of `toISOString()`', new Date(1_700_000_000_999).toISOString()],
  ['ISO 8601 with microseconds and an offset', '2023-11-14T23:13:20.999999+01:00'],
])('the CSV encoder accepts a timestamp as %s', (_form, timestamp) => {
  expect(encode({ timestamp })).toMatchObject({ kind: 'row', order: 1_700_000_000 })
})

it.each<[string, Record<string, unknown>, string, string]>([
  ['milliseconds', { timestamp: 1_700_000_000_000 }, 'timestamp-invalid', 'timestamp'],
  ['fractions of a second', { timestamp: 1.5 }, 'timestamp-invalid', 'timestamp'],
  ['a fraction without digits', { timestamp: '2023-11-14T22:13:20.Z' }, 'timestamp-invalid', 'timestamp'],
  ['a fraction of a minute', { timestamp: '2023-11-14T22:13.5Z' }, 'timestamp-invalid', 'timestamp'],
  ['a time without a zone', { timestamp: '2023-11-14T22:13:20' }, 'timestamp-invalid', 'timestamp'],
  ['no timestamp', { timestamp: undefined }, 'timestamp-missing', 'timestamp'],
  ['a column that the job does not list', { eVar99: 'x' }, 'column-unknown', 'eVar99'],
  ['a value that is no text', { eVar1: { deep: true } }, 'value-type', 'eVar1'],
  ['a number that is none', { eVar1: NaN }, 'value-type', 'eVar1'],
  ['an eVar of 256 bytes', { eVar1: 'x'.repeat(256) }, 'value-too-long', 'eVar1'],
  ['an eVar of 128 umlauts', { eVar1: 'ü'.repeat(128) }, 'value-too-long', 'eVar1'],
  ['a prop of 101 bytes', { prop1: 'x'.repeat(101) }, 'value-too-long', 'prop1'],
  ['a purchase ID of 21 bytes', { purchaseID: 'x'.repeat(21) }, 'value-too-long', 'purchaseID'],
  ['a page name of 101 bytes', { pageName: 'x'.repeat(101) }, 'value-too-long', 'pageName'],
  ['a zip code of 51 bytes', { zip: 'x'.repeat(51) }, 'value-too-long', 'zip'],
  ['a currency in small letters', { currencyCode: 'eur' }, 'currency-invalid', 'currencyCode'],
  ['a currency that is none', { currencyCode: 'EUX' }, 'currency-invalid', 'currencyCode'],
  ['a list value of 256 bytes', { list1: `a,${'x'.repeat(256)}` }, 'value-too-long', 'list1'],
  [
    'context data of 32 KB and a byte in all',
    contextData(20 * 1024, 12 * 1024 + 1),
    'value-too-long',
    'contextData',
  ],
  ['a high surrogate alone', { eVar1: 'a\ud83d' }, 'value-not-unicode', 'eVar1'],
  ['a low surrogate before its high one', { eVar1: '\ude00\ud83d' }, 'value-not-unicode', 'eVar1'],
  ['a control character beside an emoji', { eVar1: '😀\u0000' }, 'value-control-character', 'eVar1'],
  ['a control character', { eVar1: 'a\u0000b' }, 'value-control-character', 'eVar1'],
  ['an event without a number', { events: 'event' }, 'events-invalid', 'events'],
  ['event 1001', { events: 'event1001' }, 'events-invalid', 'events'],
  ['an empty event', { events: 'event1,,event2' }, 'events-invalid', 'events'],
  ['an event id that is too long', { events: `event1:${'x'.repeat(21)}` }, 'events-invalid', 'events'],
  ['a product without a name', { products: ';;1;2' }, 'products-invalid', 'products'],
  ['a product with half a unit', { products: ';shirt;0.5;2' }, 'products-invalid', 'products'],
  [
    'a second product with an event that `events` does not list',
    { events: 'event1,event20', products: ';shirt;1;5;event1=4.99,;sock;1;5;event2=1' },
    'products-invalid',
    'products',
  ],
  [
    'an event with a value both in `events` and in products',
    { events: 'purchase,event1=3', products: ';shirt;1;5;event1=4.99' },
    'products-invalid',
    'products',
  ],
  ['a link type that is none', { linkType: 'x', linkName: 'n' }, 'link-type-invalid', 'linkType'],
  [
    'a visitor id that is no ECID',
    { marketingCloudVisitorID: 'jane' },
    'visitor-id-invalid',
    'marketingCloudVisitorID',
  ],
  ['a visitorID on a timestamped hit', { visitorID: 'jane' }, 'visitor-id-invalid', 'visitorID'],
  ['no visitor', { marketingCloudVisitorID: '' }, 'visitor-id-missing', 'marketingCloudVisitorID'],
  ['no user agent', { userAgent: '' }, 'user-agent-missing', 'userAgent'],
  ['neither page nor link', { pageName: '' }, 'page-or-link-missing', 'pageName'],
  ['a link with a page name', { linkType: 'o', linkName: 'flight' }, 'page-name-ignored', 'pageName'],
  ['the name of a link with a page name', { linkName: 'flight' }, 'page-name-ignored', 'pageName'],
  ['the type of a link with a page name', { linkType: 'd' }, 'page-name-ignored', 'pageName'],
  ['a link without a name', { pageName: '', linkType: 'o' }, 'page-or-link-missing', 'pageName'],
])('the CSV encoder rejects %s with its code and path', (_what, change, code, path) => {
  expect(encode(change)).toMatchObject({ kind: 'reject', code, path })
})

it.each([
  ['an eVar of 255 bytes', { eVar1: 'x'.repeat(255) }],
  ['a purchase ID of 20 bytes', { purchaseID: 'x'.repeat(20) }],
  ['a page name of 100 bytes', { pageName: 'x'.repeat(100) }],
  ['context data of 32 KB in all', contextData(20 * 1024, 12 * 1024)],
  ['a currency of today', { currencyCode: 'EUR' }],
  ['a former currency that Adobe lists', { currencyCode: 'RUR' }],
  ['events of every kind', { events: 'event1,event2=10,event3=-9.99,event4:A17,purchase,prodView' }],
  [
    'products of every kind',
    {
      events: 'event1,event2:A17',
      products: 'cat;shirt;2;9.98;event1=4.99|event2=5;eVar1=red|eVar2=L,;socks',
    },
  ],
  ['a link hit', { pageName: '', linkType: 'o', linkName: 'flight' }],
  ['line breaks and tabs', { eVar1: 'a\tb\r\nc' }],
  ['surrogate pairs', { eVar1: '😀 in pairs' }],
])('the CSV encoder accepts %s', (_what, change) => {
  expect(encode(change)).toMatchObject({ kind: 'row' })
})

describe('a value that looks like personal data', () => {
  it.each(['eVar1', 'prop1', 'list1'])('is a reject in %s', (column) => {
    expect(encode({ [column]: 'jane.doe@example.com' })).toMatchObject({
      kind: 'reject',
      code: 'personal-data',
      path: column,
      message: expect.stringContaining('an e-mail address') as string,
    })
    expect(encode({ [column]: '+49 151 12345678' })).toMatchObject({ code: 'personal-data' })
  })

  it('is written in another column, and in one that the job allows', () => {
    const layout = { columns, reportSuite: 'suite', groups: 1, allowVisitorId: false }
    const allowing = createCsvEncoder({ ...layout, allowPersonalData: ['eVar1'] })

    expect(encode({ 'contextData.note': 'jane.doe@example.com' }).kind).toBe('row')
    expect(allowing.encode({ ...hit, eVar1: 'jane.doe@example.com' }).kind).toBe('row')
    expect(allowing.encode({ ...hit, prop1: 'jane.doe@example.com' }).kind).toBe('reject')
  })
})

describe('a customer id', () => {
  const [id, seed] = ['customerID.crm.id', 'customerID.crm.isMCSeed']
  const layout = { reportSuite: 'suite', groups: 1_000, allowVisitorId: false }
  const seeding = createCsvEncoder({
    columns: ['timestamp', id, seed, 'marketingCloudVisitorID', 'userAgent', 'pageName'],
    ...layout,
  })
  const groupOf = (change: Record<string, unknown>) => {
    const row = seeding.encode({ ...hit, ...change })
    return row.kind === 'row' ? row.partition : row.code
  }

  it('decides about the group of a hit only where the row calls it a seed', () => {
    const ofEcid = groupOf({})

    expect(groupOf({ [id]: 'jane' })).toBe(ofEcid)
    expect(groupOf({ [id]: 'jane', [seed]: '0' })).toBe(ofEcid)
    expect(groupOf({ [id]: 'jane', [seed]: '1' })).not.toBe(ofEcid)
    expect(groupOf({ [id]: 'jane', [seed]: 'TRUE' })).toBe(groupOf({ [id]: 'jane', [seed]: 1 }))
  })

  it('identifies no visitor without a seed column, or where that column says neither yes nor no', () => {
    const alone = { marketingCloudVisitorID: '', [id]: 'jane' }

    expect(groupOf(alone)).toBe('visitor-id-missing')
    expect(groupOf({ ...alone, [seed]: '0' })).toBe('visitor-id-missing')
    expect(groupOf({ ...alone, [seed]: 'yes' })).toBe('visitor-id-invalid')
  })
})

it.each([
  ['a page URL', 'v1=x&g=https%3A%2F%2Fexample.com', 'row'],
  ['a link type', 'pe=lnk_o', 'row'],
  ['neither page nor link', 'v1=x&pageName=', 'reject'],
])('a hit whose query string has %s counts by that alone', (_what, queryString, kind) => {
  const names = ['timestamp', 'marketingCloudVisitorID', 'userAgent', 'queryString']
  const querying = createCsvEncoder({
    columns: names,
    reportSuite: 'suite',
    groups: 1,
    allowVisitorId: false,
  })
  const { timestamp, marketingCloudVisitorID, userAgent } = hit

  expect(querying.encode({ timestamp, marketingCloudVisitorID, userAgent, queryString }).kind).toBe(kind)
})
