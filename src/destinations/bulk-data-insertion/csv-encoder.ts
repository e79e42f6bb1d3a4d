import { createHitRules } from './hit-rules'
import { ruleFor } from './row-rules'
import { toSeconds } from './timestamp'
import { groupOf } from './visitor-group'
import type { EncodedRow, Reject } from '../destination'
import type { RejectCode } from './row-rules'

const lineEnd = '\r\n'

export interface CsvLayout {
  readonly columns: readonly string[]
  readonly reportSuite: string
  readonly groups: number
  /** Allows `visitorID` on rows, all of which are timestamped. */
  readonly allowVisitorId: boolean
  /** Columns that may hold e-mail addresses and phone numbers. Default: none. */
  readonly allowPersonalData?: readonly string[]
}

/** Encodes hits as RFC 4180 lines of one fixed layout. The same hit always becomes the same bytes. */
export interface CsvEncoder {
  readonly header: string
  encode(hit: Readonly<Record<string, unknown>>): EncodedRow | Reject
}

/** Precomputes everything that depends on the layout alone, because `encode` runs once for each row. */
export function createCsvEncoder(layout: CsvLayout): CsvEncoder {
  const { columns, reportSuite, groups, allowVisitorId, allowPersonalData = [] } = layout
  const names = [...columns]
  const columnOf = new Map(names.map((name, column) => [name, column]))
  const rules = names.map((name) => ruleFor(name, allowPersonalData.includes(name)))
  const timestampAt = names.indexOf('timestamp')
  const whole = createHitRules(names, allowVisitorId)
  const suite = `,${written(reportSuite)}${lineEnd}`
  const texts = new Array<string>(names.length).fill('')
  /** Cache of each column's last value and its encoded text: many rows repeat the values of the row before. */
  const values = new Array<unknown>(names.length).fill('')
  const fields = new Array<string>(names.length).fill('')
  /** Cache of the last hit's keys, in order, and their columns: hits of one job usually have the same keys. */
  const keys: string[] = []
  const columnsOfKeys: number[] = []

  /** Checks a value that differs from the column's last one, and caches it with its encoded text. */
  function take(column: number, value: unknown): Reject | null {
    const text = textOf(value)
    if (text === null) return reject('value-type', names[column] ?? '', 'is neither text nor a finite number')
    const { needsQuotes, isSuspicious } = look(text)
    const fault = text === '' ? null : rules[column]?.(text, isSuspicious)
    if (fault) return reject(fault.code, names[column] ?? '', fault.message)
    values[column] = value
    texts[column] = text
    fields[column] = needsQuotes ? quoted(text) : text
    return null
  }

  function encode(hit: Readonly<Record<string, unknown>>): EncodedRow | Reject {
    if (!hasSameKeys(hit)) {
      const unknown = learnKeys(hit)
      if (unknown !== null) return reject('column-unknown', unknown, 'is not among the columns of this job')
    }
    const at = toSeconds(hit.timestamp)
    if (at === null) {
      return hit.timestamp === undefined || hit.timestamp === ''
        ? reject('timestamp-missing', 'timestamp', 'is missing')
        : reject(
            'timestamp-invalid',
            'timestamp',
            'is neither seconds since the epoch nor ISO 8601 with a zone, from 1973 on',
          )
    }

    let key = 0
    for (const name in hit) {
      const column = columnsOfKeys[key++] ?? 0
      const value = column === timestampAt ? at : hit[name]
      if (value !== values[column]) {
        const unfit = take(column, value)
        if (unfit) return unfit
      }
    }

    const visitor = whole.visitorOf(texts)
    const fault = whole.faultOf(texts, visitor)
    if (fault) return reject(fault.code, fault.path, fault.message)
    const partition = groups === 1 ? 0 : groupOf(visitor, groups)
    return { kind: 'row', line: fields.join(',') + suite, partition, order: at }
  }

  function hasSameKeys(hit: Readonly<Record<string, unknown>>): boolean {
    let count = 0
    for (const name in hit) if (name !== keys[count++]) return false
    return count === keys.length
  }

  /** Returns a key that is no column; null where all are. Columns without a key are empty from now on. */
  function learnKeys(hit: Readonly<Record<string, unknown>>): string | null {
    keys.length = columnsOfKeys.length = 0
    for (const name in hit) {
      const column = columnOf.get(name)
      if (column === undefined) {
        keys.length = 0
        return name
      }
      keys.push(name)
      columnsOfKeys.push(column)
    }
    for (const filled of [values, texts, fields]) filled.fill('')
    return null
  }

  return { header: [...names, 'reportSuiteID'].map(written).join(',') + lineEnd, encode }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null
  return null
}

const [tab, lineFeed, carriageReturn] = [0x09, 0x0a, 0x0d]
const [blank, quote, comma, del] = [0x20, 0x22, 0x2c, 0x7f]
const [firstSurrogate, lastSurrogate] = [0xd800, 0xdfff]

const plain = { needsQuotes: false, isSuspicious: false }
const toBeQuoted = { needsQuotes: true, isSuspicious: false }
const suspicious = { needsQuotes: true, isSuspicious: true }

/**
 * One loop in place of several patterns. Quotes: a comma, a quote, a line break, or a blank edge, which would be lost
 * to readers that trim. Suspicious: a control character or a surrogate; the rules look closer.
 */
function look(text: string): typeof plain {
  let found = plain
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === comma || code === quote || code === lineFeed || code === carriageReturn) found = toBeQuoted
    else if (code < blank && code !== tab) return suspicious
    else if (code >= del && (code === del || (code >= firstSurrogate && code <= lastSurrogate)))
      return suspicious
  }
  const hasBlankEdge = text.charCodeAt(0) === blank || text.charCodeAt(text.length - 1) === blank
  return hasBlankEdge ? toBeQuoted : found
}

function written(text: string): string {
  return look(text).needsQuotes ? quoted(text) : text
}

/** @see RFC 4180 §2: any field may be quoted. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

function reject(code: RejectCode, path: string, message: string): Reject {
  return { kind: 'reject', code, path, message }
}
