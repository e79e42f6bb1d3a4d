import { personalDataIn } from '../../personal-data'
import type { Reject } from '../destination'

/** Reject codes for rows that Adobe would skip, cut or misread. */
export const rejectCodes = [
  'column-unknown',
  'value-type',
  'value-too-long',
  'value-control-character',
  'value-not-unicode',
  'value-semicolon',
  'personal-data',
  'date-missing',
  'date-invalid',
  'date-in-future',
  'dimension-missing',
  'metric-missing',
  'metric-inexact',
  'metric-negative',
  'row-too-long',
  'transaction-id-missing',
  'transaction-before-hit',
  'transaction-hit-too-young',
  'transaction-expired',
] as const

export type RejectCode = (typeof rejectCodes)[number]

/**
 * Bytes of UTF-8 that Analytics keeps of a dimension; it would silently cut the rest, and two long product names would
 * become one.
 * @see https://experienceleague.adobe.com/en/docs/analytics/implementation/vars/page-vars/products
 */
const dimensionBytes = 255
const shortLimits = new Map([
  ['transactionID', 100],
  ['Category', 100],
  ['Product', 100],
  ['Zip', 50],
])

const loneSurrogate = /[\ud800-\udfff]/u
// eslint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u001f\u007f\u2028\u2029]/

/** The fault of a dimension's text; null where there is none. */
export function dimensionFault(name: string, text: string): Reject | null {
  const limit = shortLimits.get(name) ?? dimensionBytes
  if (text.includes(';')) return reject('value-semicolon', name, 'has a semicolon: Adobe skips such a row')
  if (controlCharacter.test(text))
    return reject('value-control-character', name, 'has a tab, line break or other control character')
  if (loneSurrogate.test(text))
    return reject('value-not-unicode', name, 'has half a surrogate pair, which UTF-8 cannot carry')
  const bytes = Buffer.byteLength(text)
  return bytes > limit ? reject('value-too-long', name, `takes ${bytes} bytes; Adobe keeps ${limit}`) : null
}

/**
 * Refuses what looks like an e-mail address or a phone number: reports show dimensions to everybody, and no row can be
 * deleted.
 */
export function personalFault(name: string, text: string): Reject | null {
  const found = personalDataIn(text)
  const remedy = 'use hashed() or redacted(), or list it in allowPersonalData'
  return found && reject('personal-data', name, `looks like ${found}: ${remedy}`)
}

export function reject(code: RejectCode, path: string, message: string): Reject {
  return { kind: 'reject', code, path, message }
}
