import { ruleFor, visitorColumns } from './row-rules'
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
}

/** Encodes hits as RFC 4180 lines of one fixed layout. The same hit always becomes the same bytes. */
export interface CsvEncoder {
  readonly header: string
  encode(hit: Readonly<Record<string, unknown>>): EncodedRow | Reject
}

/** Works everything out once that depends on the layout alone: `encode` runs once a row. */
export function createCsvEncoder({ columns, reportSuite, groups, allowVisitorId }: CsvLayout): CsvEncoder {
  const names = [...columns]
  const known = new Set(names)
  const rules = names.map(ruleFor)
  const timestampAt = names.indexOf('timestamp')
  const userAgentAt = names.indexOf('userAgent')
  const visitorsAt = visitorColumns(names).map((name) => names.indexOf(name))
  const visitorIdAt = names.indexOf('visitorID')
  const pagesAt = ['pageURL', 'pageName', 'queryString']
    .map((name) => names.indexOf(name))
    .filter((at) => at >= 0)
  const linkTypeAt = names.indexOf('linkType')
  const linksAt = ['linkName', 'linkURL'].map((name) => names.indexOf(name)).filter((at) => at >= 0)
  const suite = `,${quoted(reportSuite)}${lineEnd}`
  const texts = new Array<string>(names.length).fill('')
  /** What each column held last, and how it was written: much of a file says the same again and again. */
  const values = new Array<unknown>(names.length).fill('')
  const fields = new Array<string>(names.length).fill('')

  /** Checks a value that the column did not hold in the row before, and keeps it with what is written for it. */
  function take(column: number, value: unknown): Reject | null {
    const text = textOf(value)
    if (text === null) return reject('value-type', names[column] ?? '', 'is neither text nor a finite number')
    const fault = text === '' ? null : rules[column]?.(text)
    if (fault) return reject(fault.code, names[column] ?? '', fault.message)
    values[column] = value
    texts[column] = text
    fields[column] = quoted(text)
    return null
  }

  function encode(hit: Readonly<Record<string, unknown>>): EncodedRow | Reject {
    for (const name in hit)
      if (!known.has(name)) return reject('column-unknown', name, 'is not among the columns of this job')

    const at = toSeconds(hit.timestamp)
    if (at === null) {
      return hit.timestamp === undefined || hit.timestamp === ''
        ? reject('timestamp-missing', 'timestamp', 'is missing')
        : reject(
            'timestamp-invalid',
            'timestamp',
            'is neither seconds since the epoch nor ISO 8601 with a zone',
          )
    }

    for (let column = 0; column < names.length; column += 1) {
      const value = column === timestampAt ? at : hit[names[column] ?? '']
      if (value !== values[column]) {
        const fault = take(column, value)
        if (fault) return fault
      }
    }

    const visitor = firstOf(visitorsAt)
    if (visitor === '') return reject('visitor-id-missing', 'marketingCloudVisitorID', 'no visitor id is set')
    if (visitorIdAt >= 0 && texts[visitorIdAt] !== '' && !allowVisitorId) {
      return reject(
        'visitor-id-invalid',
        'visitorID',
        'must not be set on timestamped hits: use marketingCloudVisitorID',
      )
    }
    if (texts[userAgentAt] === '') return reject('user-agent-missing', 'userAgent', 'is missing')
    if (firstOf(pagesAt) === '' && !(textAt(linkTypeAt) !== '' && firstOf(linksAt) !== '')) {
      return reject(
        'page-or-link-missing',
        'pageName',
        'needs pageURL, pageName, or linkType with linkName or linkURL',
      )
    }
    const partition = groups === 1 ? 0 : groupOf(visitor, groups)
    return { kind: 'row', line: fields.join(',') + suite, partition, order: at }
  }

  function textAt(column: number): string {
    return texts[column] ?? ''
  }

  function firstOf(candidates: readonly number[]): string {
    for (const column of candidates) if (texts[column]) return texts[column] ?? ''
    return ''
  }

  return { header: [...names, 'reportSuiteID'].map(quoted).join(',') + lineEnd, encode }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null
  return null
}

/** A comma, a quote, a line break, or a blank edge, which would be lost to readers that trim. */
const special = /[",\r\n]|^ | $/

/** @see RFC 4180 §2 */
function quoted(text: string): string {
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function reject(code: RejectCode, path: string, message: string): Reject {
  return { kind: 'reject', code, path, message }
}
