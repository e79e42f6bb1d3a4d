import fc from '../../../fixtures/fast-check'
import { createRowEncoder } from '../../../../src/destinations/data-sources/row-encoder'
import { DataSourceSettings } from '../../../../src/destinations/data-sources/settings'
import type { EncodedRow } from '../../../../src/destinations/destination'
import type { RowLayout } from '../../../../src/destinations/data-sources/row-encoder'

const now = Date.parse('2026-11-21T10:00:00Z')
const summary: RowLayout = {
  kind: 'summary',
  columns: ['Tracking Code', 'Evar 1', 'Event 1', 'Price'],
  timeZone: 'America/New_York',
  negatives: [],
  allowPersonalData: [],
  sums: false,
  settings: DataSourceSettings.parse({}),
  clock: { now: () => now },
}
const row = { Date: '2026-11-01', 'Tracking Code': 'spring', 'Event 1': 3, Price: 12.5 }
const encode = (given: Readonly<Record<string, unknown>>, layout: Partial<RowLayout> = {}) =>
  createRowEncoder({ ...summary, ...layout }).encode(given)
const codeOf = (given: Readonly<Record<string, unknown>>, layout: Partial<RowLayout> = {}) => {
  const encoded = encode(given, layout)
  return encoded.kind === 'reject' ? `${encoded.code} at ${encoded.path}` : 'row'
}
const lineOf = (given: Readonly<Record<string, unknown>>, layout: Partial<RowLayout> = {}) => {
  const encoded = encode(given, layout)
  return encoded.kind === 'row' ? encoded.line : encoded.code
}

describe('a line of a Data Sources file', () => {
  it('has the columns of the header, separated by tabs, and empty fields for absent values', () => {
    expect(createRowEncoder(summary).header).toBe('Date\tTracking Code\tEvar 1\tEvent 1\tPrice\n')
    expect(lineOf(row)).toBe('11/01/2026\tspring\t\t3\t12.5\n')
  })

  it.each([
    ['2026-11-01', '11/01/2026'],
    ['2026-11-01T04:59:59Z', '11/01/2026/00/59/59'],
    ['2026-11-01T05:59:59.999+00:00', '11/01/2026/01/59/59'],
    [new Date('2026-07-01T03:30:00Z'), '06/30/2026/23/30/00'],
  ])('has the date %s as %s on the clocks of the suite', (Date, text) => {
    expect(lineOf({ ...row, Date })).toMatch(`${text}\t`)
  })

  it.each([
    ...['2026-02-30', '2026-11-01 10:00', '01.11.2026', '1900-01-01'],
    17,
    new Date(NaN),
    new Date(0),
  ])('has no date %s', (Date) => {
    expect(codeOf({ ...row, Date })).toBe('date-invalid at Date')
  })

  it('is rejected without a date', () => {
    expect(codeOf({ ...row, Date: undefined })).toBe('date-missing at Date')
  })

  it('is rejected with an instant one second ahead, and taken at this very second', () => {
    expect(codeOf({ ...row, Date: '2026-11-21T10:00:00Z' })).toBe('row')
    expect(codeOf({ ...row, Date: '2026-11-21T10:00:01Z' })).toBe('date-in-future at Date')
  })

  it('is rejected for a day whose noon in the zone of the suite has not come', () => {
    const noon = Date.parse('2026-11-21T17:00:00Z')
    const at = (ms: number) => ({ clock: { now: () => ms } })
    expect(codeOf({ ...row, Date: '2026-11-21' }, at(noon - 1))).toBe('date-in-future at Date')
    expect(codeOf({ ...row, Date: '2026-11-21' }, at(noon))).toBe('row')
  })

  it.each([
    ['a;b', 'value-semicolon'],
    ['a\tb', 'value-control-character'],
    ['a\nb', 'value-control-character'],
    ['a\u2028b', 'value-control-character'],
    ['a\ud800', 'value-not-unicode'],
    ['x'.repeat(256), 'value-too-long'],
    [7, 'value-type'],
  ])('is rejected with the dimension %j', (value, code) => {
    expect(codeOf({ ...row, 'Evar 1': value })).toBe(`${code} at Evar 1`)
  })

  it.each([
    ['Category', 100],
    ['Product', 100],
    ['Zip', 50],
    ['Marketing Channel Detail', 255],
  ])('takes of the dimension %s %i bytes and no more', (name, bytes) => {
    const columns = [name, 'Event 1']
    const full = 'é'.repeat(Math.floor(bytes / 2)) + 'x'.repeat(bytes % 2)

    expect(codeOf({ Date: row.Date, [name]: full, 'Event 1': 1 }, { columns })).toBe('row')
    expect(codeOf({ Date: row.Date, [name]: `${full}x`, 'Event 1': 1 }, { columns })).toBe(
      `value-too-long at ${name}`,
    )
  })

  it('accepts a dimension of 255 bytes', () => {
    expect(codeOf({ ...row, 'Evar 1': 'x'.repeat(255) })).toBe('row')
    expect(codeOf({ ...row, 'Evar 1': 'é'.repeat(128) })).toBe('value-too-long at Evar 1')
  })

  it.each([
    [NaN, 'value-type'],
    ['3', 'value-type'],
    [-1, 'metric-negative'],
    [1e15, 'metric-inexact'],
    [1e-7, 'metric-inexact'],
  ])('is rejected with the metric %j', (value, code) => {
    expect(codeOf({ ...row, 'Event 1': value })).toBe(`${code} at Event 1`)
  })

  it('accepts a negative value only of a metric that is listed in `negatives`', () => {
    const layout = { negatives: ['Price'] }
    expect(lineOf({ ...row, Price: -0.5 }, layout)).toBe('11/01/2026\tspring\t\t3\t-0.5\n')
    expect(codeOf({ ...row, 'Event 1': -1 }, layout)).toBe('metric-negative at Event 1')
    expect(lineOf({ ...row, Price: -0 })).toBe('11/01/2026\tspring\t\t3\t0\n')
  })

  it.each(['jo.doe@example.com', '+49 151 12345678'])(
    'is rejected with %s in a dimension, unless the job allows it there',
    (value) => {
      const allowing = { allowPersonalData: ['Evar 1'] }
      expect(codeOf({ ...row, 'Evar 1': value })).toBe('personal-data at Evar 1')
      expect(codeOf({ ...row, 'Evar 1': value }, allowing)).toBe('row')
      expect(codeOf({ ...row, 'Tracking Code': value }, allowing)).toBe('personal-data at Tracking Code')
    },
  )

  it('is rejected without any dimension, without any metric, and with a column that the job does not list', () => {
    expect(codeOf({ ...row, 'Tracking Code': ' ' })).toBe('dimension-missing at ')
    expect(codeOf({ ...row, 'Event 1': undefined, Price: undefined })).toBe('metric-missing at ')
    expect(codeOf({ ...row, Zip: '1' })).toBe('column-unknown at Zip')
  })

  it('may take 4096 bytes without its line end, and no more', () => {
    const columns = ['Event 1', ...Array.from({ length: 16 }, (_, index) => `Evar ${index + 1}`)]
    const long = Object.fromEntries(columns.slice(1, -1).map((name) => [name, 'x'.repeat(255)]))
    const whole = (bytes: number) => ({
      ...{ Date: '2026-11-01', 'Event 1': 1, ...long },
      'Evar 16': 'x'.repeat(bytes),
    })

    expect(Buffer.byteLength(lineOf(whole(243), { columns }))).toBe(4096 + 1)
    expect(codeOf(whole(244), { columns })).toBe('row-too-long at ')
    expect(codeOf(whole(243), { columns, sums: true })).toBe('row-too-long at ')
  })
})

describe('a row of a transaction', () => {
  const layout = { kind: 'transaction-id', columns: ['Price'], negatives: ['Price'] } as const
  const refund = { Date: '2026-11-10', transactionID: 'T1', onlineDate: '2026-11-01', Price: -5 }

  it('has the transaction ID and not the date of the online hit, and is never put together with another', () => {
    expect(createRowEncoder({ ...summary, ...layout }).header).toBe('Date\ttransactionID\tPrice\n')
    expect(lineOf(refund, layout)).toBe('11/10/2026\tT1\t-5\n')
    expect(encode(refund, layout)).not.toHaveProperty('rowKey')
  })

  it('needs a transaction ID of at most 100 bytes', () => {
    expect(codeOf({ ...refund, transactionID: ' ' }, layout)).toBe('transaction-id-missing at transactionID')
    expect(codeOf({ ...refund, transactionID: 'x'.repeat(100) }, layout)).toBe('row')
    expect(codeOf({ ...refund, transactionID: 'x'.repeat(101) }, layout)).toBe(
      'value-too-long at transactionID',
    )
  })

  it('is not before its online hit', () => {
    expect(codeOf({ ...refund, Date: '2026-10-31' }, layout)).toBe('transaction-before-hit at Date')
    expect(codeOf({ ...refund, Date: '2026-11-01' }, layout)).toBe('row')
    const instants = { ...refund, onlineDate: '2026-11-01T10:00:00Z' }
    expect(codeOf({ ...instants, Date: '2026-11-01T09:59:59Z' }, layout)).toBe(
      'transaction-before-hit at Date',
    )
    expect(codeOf({ ...instants, Date: '2026-11-01T10:00:00Z' }, layout)).toBe('row')
    expect(codeOf({ ...instants, Date: '2026-11-01' }, layout)).toBe('row')
  })

  it('waits until its online hit must have been processed', () => {
    const young = { ...refund, Date: '2026-11-21T09:00:00Z' }
    expect(codeOf({ ...young, onlineDate: '2026-11-20T10:00:00Z' }, layout)).toBe('row')
    expect(codeOf({ ...young, onlineDate: '2026-11-20T10:00:01Z' }, layout)).toBe(
      'transaction-hit-too-young at onlineDate',
    )
  })

  it('is rejected 25 months after its online hit', () => {
    expect(codeOf({ ...refund, onlineDate: '2024-10-21T10:00:01Z' }, layout)).toBe('row')
    expect(codeOf({ ...refund, onlineDate: '2024-10-21T10:00:00Z' }, layout)).toBe(
      'transaction-expired at onlineDate',
    )
  })

  it('declares an unknown online hit as null, and must not omit it', () => {
    expect(codeOf({ ...refund, onlineDate: null }, layout)).toBe('row')
    expect(codeOf({ ...refund, onlineDate: undefined }, layout)).toBe('date-invalid at onlineDate')
  })
})

describe('rows of the same date and dimensions', () => {
  const encoder = createRowEncoder({ ...summary, sums: true, negatives: ['Price'] })
  const encodedOf = (given: Readonly<Record<string, unknown>>): EncodedRow => {
    const encoded = encoder.encode(given)
    if (encoded.kind === 'reject') throw new RangeError(encoded.message)
    return encoded
  }

  it('have the same key, whether a day is written or its noon; other days and dimensions another', () => {
    const keyOf = (change: object) => encodedOf({ ...row, ...change }).rowKey
    expect(keyOf({ 'Event 1': 9 })).toBe(keyOf({}))
    expect(keyOf({ Date: '2026-11-01T17:00:00Z' })).toBe(keyOf({}))
    expect(keyOf({ Date: '2026-11-02' })).not.toBe(keyOf({}))
    expect(keyOf({ 'Evar 1': 'spring', 'Tracking Code': undefined })).not.toBe(keyOf({}))
  })

  it('are sorted by time', () => {
    const keys = ['2026-02-01', '2026-10-01', '2025-12-31'].map((Date) => encodedOf({ ...row, Date }))
    const byKey = [...keys].sort((a, b) => ((a.rowKey ?? '') < (b.rowKey ?? '') ? -1 : 1))
    expect(byKey).toEqual([...keys].sort((a, b) => a.order - b.order))
  })

  it('add up exactly, in any order, to the same bytes, and stay below the limit of a row', () => {
    const cents = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 })
    const metric = fc.record({ count: fc.option(fc.nat()), price: fc.option(cents) })
    const property = fc.property(fc.array(metric, { minLength: 1, maxLength: 8 }), (metrics) => {
      const rows = metrics
        .filter(({ count, price }) => count !== null || price !== null)
        .map(({ count, price }) =>
          encodedOf({
            ...{ ...row, 'Event 1': count ?? undefined },
            Price: price === null ? undefined : price / 100,
          }),
        )
      if (rows.length === 0) return
      const sum = (list: EncodedRow[]) => list.reduce((a, b) => encoder.merge(a, b)).line
      const total = (values: (number | null)[]) =>
        values.every((value) => value === null)
          ? ''
          : String(values.reduce<number>((a, b) => a + (b ?? 0), 0))
      const [, , , count, price] = sum(rows).trimEnd().split('\t')

      expect(sum([...rows].reverse())).toBe(sum(rows))
      expect(count ?? '').toBe(total(metrics.map((one) => one.count)))
      const inCents = total(metrics.map((one) => one.price))
      expect(price === undefined || price === '' ? '' : String(Math.round(Number(price) * 100))).toBe(inCents)
      expect(price ?? '').toMatch(/^(-?\d+(\.\d{1,2})?)?$/)
    })
    fc.assert(property, { numRuns: 200 })
  })
})
