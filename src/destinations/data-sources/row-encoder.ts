import { isMetric } from './columns'
import { readDate } from './date-value'
import { addMetrics, metricText } from './metric-value'
import { dimensionFault, personalFault, reject } from './row-rules'
import { transactionFault } from './transaction'
import type { Clock } from '../../clock'
import type { EncodedRow, Reject } from '../destination'
import type { DataSourceKind } from './columns'
import type { ReadDate } from './date-value'
import type { DataSourceSettings } from './settings'

const tab = '\t'
const lineEnd = '\n'
/** A sum can be longer than its parts: so many bytes are kept free in a row for each metric that may grow. */
const bytesOfSum = 64

export interface RowLayout {
  readonly kind: DataSourceKind
  readonly columns: readonly string[]
  /** IANA zone of the report suite. */
  readonly timeZone: string
  /** Metrics that may be negative. */
  readonly negatives: readonly string[]
  /** Dimensions that may hold e-mail addresses and phone numbers. */
  readonly allowPersonalData: readonly string[]
  readonly sums: boolean
  readonly settings: DataSourceSettings
  readonly clock: Pick<Clock, 'now'>
}

/** Encodes rows as tab-delimited lines of one fixed layout. */
export interface RowEncoder {
  readonly header: string
  encode(row: Readonly<Record<string, unknown>>): EncodedRow | Reject
  /** One row with the metrics of two of the same date and dimensions. */
  merge(first: EncodedRow, second: EncodedRow): EncodedRow
}

type Fields = { readonly kind: 'fields'; readonly fields: readonly string[] } | Reject

export function createRowEncoder(layout: RowLayout): RowEncoder {
  const { kind, columns, timeZone, settings, clock } = layout
  const isTransaction = kind === 'transaction-id'
  const names = ['Date', ...(isTransaction ? ['transactionID'] : []), ...columns]
  const known = new Set([...names, ...(isTransaction ? ['onlineDate'] : [])])
  const metricsAt = new Set(names.flatMap((name, at) => (isMetric(name) ? [at] : [])))
  const mayBeNegative = new Set(layout.negatives)
  // A transaction ID is not shown in reports, and an online hit has it already.
  const mayBePersonal = new Set([...layout.allowPersonalData, 'transactionID'])
  const free = layout.sums ? metricsAt.size * bytesOfSum : 0
  /** Cache of the last date: many rows of a file have the same one, and the conversion to its time zone is slow. */
  let last: { readonly value: unknown; readonly date: ReadDate | null } = { value: undefined, date: null }

  function encode(row: Readonly<Record<string, unknown>>): EncodedRow | Reject {
    for (const name in row)
      if (!known.has(name)) return reject('column-unknown', name, 'is not among the columns of this job')
    const date = dateOf(row.Date)
    if ('code' in date) return date
    const fault = isTransaction ? transactionFault(row, date, layout) : null
    if (fault) return fault
    const read = fieldsOf(row, date)
    if (read.kind === 'reject') return read
    return encoded(read.fields, date)
  }

  function dateOf(value: unknown): ReadDate | Reject {
    if (value === undefined || value === null || value === '')
      return reject('date-missing', 'Date', 'is missing')
    if (value !== last.value) last = { value, date: readDate(value, timeZone) }
    const { date } = last
    if (!date)
      return reject('date-invalid', 'Date', 'is neither a day nor an instant with its offset, from 1973 on')
    return date.ms > clock.now()
      ? reject('date-in-future', 'Date', `${date.text} has not come yet; a day counts as its noon`)
      : date
  }

  function fieldsOf(row: Readonly<Record<string, unknown>>, { text }: ReadDate): Fields {
    const fields = [text]
    for (let at = 1; at < names.length; at += 1) {
      const name = names[at] ?? ''
      const field = metricsAt.has(at)
        ? metricField(name, row[name])
        : dimensionField(name, row[name], mayBePersonal.has(name))
      if (typeof field !== 'string') return field
      fields.push(field)
    }
    return { kind: 'fields', fields }
  }

  function metricField(name: string, value: unknown): string | Reject {
    if (value === undefined || value === null) return ''
    if (typeof value !== 'number' || !Number.isFinite(value))
      return reject('value-type', name, 'is not a finite number')
    if (value < 0 && !mayBeNegative.has(name))
      return reject('metric-negative', name, 'is negative, and the job does not list it in `negatives`')
    return (
      metricText(value) ??
      reject('metric-inexact', name, `${value} cannot be written exactly in decimal notation`)
    )
  }

  function encoded(fields: readonly string[], { sortable, ms }: ReadDate): EncodedRow | Reject {
    const dimensions = fields.filter((_field, at) => at > 0 && !metricsAt.has(at))
    if (dimensions.every((field) => field.trim() === ''))
      return reject('dimension-missing', '', 'needs a value in at least one dimension')
    if (fields.every((field, at) => !metricsAt.has(at) || field === ''))
      return reject('metric-missing', '', 'needs a value in at least one metric')
    const text = fields.join(tab)
    const bytes = Buffer.byteLength(text) + free
    if (bytes > settings.dataSourceRowBytes)
      return reject('row-too-long', '', `takes ${bytes} bytes of ${settings.dataSourceRowBytes}`)
    const row = { kind: 'row', line: text + lineEnd, partition: 0, order: ms / 1000 } as const
    return isTransaction ? row : { ...row, rowKey: [sortable, ...dimensions].join(tab) }
  }

  function merge(first: EncodedRow, second: EncodedRow): EncodedRow {
    const others = second.line.slice(0, -lineEnd.length).split(tab)
    const fields = first.line.slice(0, -lineEnd.length).split(tab)
    const sums = fields.map((field, at) => (metricsAt.has(at) ? addMetrics(field, others[at] ?? '') : field))
    return { ...first, line: sums.join(tab) + lineEnd }
  }

  return { header: names.join(tab) + lineEnd, encode, merge }
}

function dimensionField(name: string, value: unknown, mayBePersonal: boolean): string | Reject {
  if (value === undefined || value === null || value === '') return ''
  if (typeof value !== 'string') return reject('value-type', name, 'is not a text')
  return dimensionFault(name, value) ?? (mayBePersonal ? null : personalFault(name, value)) ?? value
}
