import { faultyEvent } from './events'
import { isHitColumn } from './hit'
import { productsFault } from './products'
import type { Reject } from '../destination'

/** Why a row is refused here before Adobe would drop, cut or misread it. */
export type RejectCode =
  | 'column-unknown'
  | 'value-type'
  | 'value-too-long'
  | 'value-control-character'
  | 'timestamp-invalid'
  | 'events-invalid'
  | 'products-invalid'
  | 'link-type-invalid'
  | 'visitor-id-invalid'
  | 'visitor-id-missing'
  | 'page-or-link-missing'
  | 'user-agent-missing'
  | 'timestamp-missing'

/** Returns what is wrong with a column's text; null where nothing is. */
export type ColumnRule = (text: string) => Omit<Reject, 'path'> | null

const kilobyte = 1024

/** Adobe cuts longer values without a word. In bytes of UTF-8. */
function byteLimit(name: string): number {
  if (name === 'events' || name === 'products') return 64 * kilobyte
  if (name.startsWith('contextData.')) return 32 * kilobyte
  if (name.startsWith('prop') || name === 'visitorID' || name === 'transactionID') return 100
  if (name.startsWith('list') || name === 'queryString') return 64 * kilobyte
  return 255
}

const ecid = /^\d{38}$/
const linkTypes = new Set(['d', 'e', 'o'])

/**
 * The rule for one column's non-empty text.
 * @see https://developer.adobe.com/analytics-collection-apis/methods/bulk-data-insertion/ (file format)
 */
export function ruleFor(name: string): ColumnRule {
  const limit = byteLimit(name)
  const special = specialRules[name] ?? (name.startsWith('list') ? listRule : null)
  return (text) => {
    // A string of n chars takes at most 3n bytes: most values are settled without counting.
    if (text.length * 3 > limit && Buffer.byteLength(text) > limit) {
      return fault('value-too-long', `takes ${Buffer.byteLength(text)} bytes; Adobe cuts it after ${limit}`)
    }
    if (controlCharacter.test(text)) {
      return fault('value-control-character', 'has a control character other than tab or line break')
    }
    return special?.(text) ?? null
  }
}

const specialRules: Readonly<Record<string, ColumnRule | undefined>> = {
  events(text) {
    const faulty = faultyEvent(text)
    return faulty === null
      ? null
      : fault('events-invalid', `"${faulty}" is not an event like event1, event1=9.99 or event1:ID`)
  },
  products(text) {
    const message = productsFault(text)
    return message === null ? null : fault('products-invalid', message)
  },
  linkType: (text) =>
    linkTypes.has(text) ? null : fault('link-type-invalid', `"${text}" is none of d, e, o`),
  marketingCloudVisitorID: (text) =>
    ecid.test(text) ? null : fault('visitor-id-invalid', 'is not an ECID: 38 decimal digits'),
  visitorID: (text) =>
    /^[A-Za-z0-9]+$/.test(text)
      ? null
      : fault('visitor-id-invalid', 'has other characters than letters and digits'),
}

/** Each value of a list variable may take 255 bytes; the delimiter is the suite's, commonly a comma. */
const listRule: ColumnRule = (text) => {
  const long = text.split(/[,;|:]/).find((value) => Buffer.byteLength(value) > 255)
  return long === undefined ? null : fault('value-too-long', 'has a value of more than 255 bytes')
}

function fault(code: RejectCode, message: string): Omit<Reject, 'path'> {
  return { code, message }
}

/** All but tab and line breaks. A pattern, because native code is quickest where it runs once a value. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const controlCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/

/** What is wrong with a job's own list of columns; null where nothing is. */
export function columnsFault(columns: readonly string[]): string | null {
  const unknown = columns.find((name) => !isHitColumn(name))
  if (unknown !== undefined) return `has the column "${unknown}", which Adobe does not know`
  const lower = columns.map((name) => name.toLowerCase())
  const twice = columns.find((_, index) => lower.indexOf(lower[index] ?? '') !== index)
  if (twice !== undefined) return `has the column "${twice}" twice`
  const has = (name: string) => columns.includes(name)
  if (!has('timestamp')) return 'needs the column timestamp'
  if (!has('userAgent')) return 'needs the column userAgent'
  if (!visitorColumns(columns).length) {
    return 'needs a visitor id: marketingCloudVisitorID, customerID.<type>.id with isMCSeed, visitorID or ipaddress'
  }
  if (!has('pageURL') && !has('pageName') && !has('linkType') && !has('queryString')) {
    return 'needs pageURL, pageName, or linkType with linkName or linkURL'
  }
  return null
}

/** The visitor columns among `columns`, in the order in which Adobe lets them decide. */
export function visitorColumns(columns: readonly string[]): readonly string[] {
  const customer = columns.filter((name) => /^customerID\..+\.id$/.test(name))
  const others = ['visitorID', 'marketingCloudVisitorID', 'ipaddress'].filter((name) =>
    columns.includes(name),
  )
  return [...customer, ...others]
}
