import { personalDataIn } from '../../personal-data'
import { faultyEvent } from './events'
import { isCurrency } from './currency'
import { isHitColumn } from './hit'
import { productsFault } from './products'

/** Reject codes for rows that Adobe would drop, cut or misread. */
export const rejectCodes = [
  'column-unknown',
  'value-type',
  'value-too-long',
  'value-control-character',
  'value-not-unicode',
  'personal-data',
  'timestamp-invalid',
  'events-invalid',
  'products-invalid',
  'currency-invalid',
  'link-type-invalid',
  'visitor-id-invalid',
  'visitor-id-missing',
  'page-or-link-missing',
  'page-name-ignored',
  'user-agent-missing',
  'timestamp-missing',
] as const

export type RejectCode = (typeof rejectCodes)[number]

/**
 * Returns the fault of a column's text; null where there is none.
 * @param isSuspicious false where the text is known to have neither control characters nor surrogates
 */
export type ColumnRule = (text: string, isSuspicious: boolean) => ColumnFault | null

export interface ColumnFault {
  readonly code: RejectCode
  readonly message: string
}

const kilobyte = 1024

/** Limit for the values of all context data variables of a hit together, in bytes of UTF-8. */
export const contextDataBytes = 32 * kilobyte

/** Shorter than 255 bytes. A purchase ID that is cut can equal another one, whose hit then loses its metrics. */
const shortLimits: Readonly<Record<string, number | undefined>> = {
  ...{ purchaseID: 20, zip: 50, transactionID: 100, visitorID: 100 },
  ...{ pageName: 100, channel: 100, server: 100 },
}

/**
 * Adobe silently cuts longer values. In bytes of UTF-8.
 * @see https://experienceleague.adobe.com/en/docs/analytics/implementation/vars/page-vars/page-variables
 */
function byteLimit(name: string): number {
  if (name === 'events' || name === 'products') return 64 * kilobyte
  if (name.startsWith('contextData.')) return contextDataBytes
  if (name.startsWith('prop')) return 100
  if (name.startsWith('list') || name === 'queryString') return 64 * kilobyte
  return shortLimits[name] ?? 255
}

const ecid = /^\d{38}$/
const linkTypes = new Set(['d', 'e', 'o'])

/** Reports show these to everybody, and no row can be deleted. */
const shownColumn = /^(?:eVar|prop|list)\d+$/

/**
 * The rule for one column's non-empty text.
 * @param allowsPersonalData the author allows e-mail addresses and phone numbers in it
 * @see https://developer.adobe.com/analytics-collection-apis/methods/bulk-data-insertion/ (file format)
 */
export function ruleFor(name: string, allowsPersonalData = false): ColumnRule {
  const limit = byteLimit(name)
  const special = specialRules[name] ?? (name.startsWith('list') ? listRule : seedRule(name))
  const personal = shownColumn.test(name) && !allowsPersonalData ? personalRule : null
  return (text, isSuspicious) => {
    // A string of n chars takes at most 3n bytes: most values are settled without counting.
    if (text.length * 3 > limit && Buffer.byteLength(text) > limit) {
      return fault('value-too-long', `takes ${Buffer.byteLength(text)} bytes; Adobe cuts it after ${limit}`)
    }
    if (isSuspicious && loneSurrogate.test(text)) {
      return fault('value-not-unicode', 'has half a surrogate pair, which UTF-8 cannot carry')
    }
    if (isSuspicious && controlCharacter.test(text)) {
      return fault('value-control-character', 'has a control character other than tab or line break')
    }
    return special?.(text) ?? personal?.(text) ?? null
  }
}

type SpecialRule = (text: string) => ColumnFault | null

const specialRules: Readonly<Record<string, SpecialRule | undefined>> = {
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
  currencyCode: (text) =>
    isCurrency(text)
      ? null
      : fault('currency-invalid', `"${text}" is no code like EUR, and Adobe would discard the hit`),
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
const listRule: SpecialRule = (text) => {
  const long = text.split(/[,;|:]/).find((value) => Buffer.byteLength(value) > 255)
  return long === undefined ? null : fault('value-too-long', 'has a value of more than 255 bytes')
}

/** Adobe takes any other text for no, and the visitor of the row for another one. */
function seedRule(name: string): SpecialRule | null {
  if (!name.endsWith('.isMCSeed')) return null
  return (text) =>
    /^(?:[01]|true|false)$/i.test(text) ? null : fault('visitor-id-invalid', `"${text}" is neither 1 nor 0`)
}

function personalRule(text: string): ColumnFault | null {
  const found = personalDataIn(text)
  return (
    found &&
    fault('personal-data', `looks like ${found}: use hashed() or redacted(), or list it in allowPersonalData`)
  )
}

function fault(code: RejectCode, message: string): ColumnFault {
  return { code, message }
}

/** Control characters except tab and line breaks. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const controlCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/
/** With the flag `u`, a pair is one character above U+FFFF. */
const loneSurrogate = /[\ud800-\udfff]/u

/** The faults of a job's list of columns. */
export function columnsFaults(columns: readonly string[]): readonly string[] {
  const faults: string[] = []
  const seen = new Set<string>()
  for (const name of columns) {
    if (!isHitColumn(name)) faults.push(`The column "${name}" is unknown to Adobe, which would ignore it.`)
    if (seen.has(name.toLowerCase())) faults.push(`The column "${name}" is listed twice.`)
    seen.add(name.toLowerCase())
  }
  const has = (name: string) => columns.includes(name)
  if (!has('timestamp')) faults.push('The column timestamp is missing.')
  if (!has('userAgent')) faults.push('The column userAgent is missing.')
  if (visitorColumns(columns).length === 0) {
    faults.push(
      'A visitor id is missing: marketingCloudVisitorID, customerID.<type>.id with isMCSeed, visitorID or ipaddress.',
    )
  }
  if (!['pageURL', 'pageName', 'linkType', 'queryString'].some(has)) {
    faults.push('A column pageURL or pageName is missing, or linkType with linkName or linkURL.')
  }
  return faults
}

/**
 * The visitor columns among `columns`, in Adobe's order of precedence. A customer id identifies the visitor only where
 * its column `seed` says yes; otherwise Adobe takes the next visitor column.
 * @see https://developer.adobe.com/analytics-collection-apis/methods/bulk-data-insertion/customer-id
 */
export function visitorColumns(
  columns: readonly string[],
): readonly { readonly name: string; readonly seed: string | null }[] {
  const customers = columns.flatMap((name) => {
    const seed = name.replace(/id$/, 'isMCSeed')
    return isCustomerId(name) && columns.includes(seed) ? [{ name, seed }] : []
  })
  const others = ['visitorID', 'marketingCloudVisitorID', 'ipaddress'].filter((name) =>
    columns.includes(name),
  )
  return [...customers, ...others.map((name) => ({ name, seed: null }))]
}

export function isCustomerId(column: string): boolean {
  return /^customerID\..+\.id$/.test(column)
}

/** True for the value of an `isMCSeed` column that says yes. */
export function isSeed(text: string): boolean {
  return text === '1' || text.toLowerCase() === 'true'
}
