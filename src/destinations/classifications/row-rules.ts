/** Reject codes for rows that Adobe would refuse, cut or change. */
export const rejectCodes = [
  'column-unknown',
  'column-missing',
  'value-type',
  'value-empty',
  'value-too-long',
  'value-control-character',
  'value-not-unicode',
  'value-blank-edge',
  'value-only-zeros',
  'value-reserved',
  'row-without-values',
  'personal-data',
] as const

export type RejectCode = (typeof rejectCodes)[number]

export interface TextFault {
  readonly code: RejectCode
  readonly message: string
}

/** Of a key and of a value, in bytes of UTF-8. */
const byteLimit = 255
/** Of the values of variables that Analytics cuts earlier: a longer key is the value of no hit. */
const shortVariable = /^(?:prop\d+|page|product|server|siteSection)$/
const shortLimit = 100

/** Bytes of UTF-8 that a key of the variable may have. */
export function keyLimit(variable: string): number {
  return shortVariable.test(variable) ? shortLimit : byteLimit
}

/**
 * The fault of a non-empty key or value; null where there is none.
 * @param limit in bytes of UTF-8
 * @see https://experienceleague.adobe.com/en/docs/analytics/components/classifications/importer/c-saint-data-files
 * @see https://experienceleague.adobe.com/en/docs/analytics/components/classifications/sets/data-files (255 bytes)
 * @see https://experienceleague.adobe.com/en/docs/analytics/components/classifications/importer/troubleshooting (zeros)
 */
export function textFault(text: string, limit = byteLimit): TextFault | null {
  // A string of n chars takes at most 3n bytes: most texts are settled without counting.
  if (text.length * 3 > limit && Buffer.byteLength(text) > limit) {
    return fault('value-too-long', `takes ${Buffer.byteLength(text)} bytes; Adobe takes ${limit}`)
  }
  if (suspicious.test(text)) {
    if (loneSurrogate.test(text)) {
      return fault('value-not-unicode', 'has half a surrogate pair, which UTF-8 cannot carry')
    }
    if (controlCharacter.test(text)) return fault('value-control-character', 'has a control character')
  }
  if (text.trim() !== text) {
    return fault('value-blank-edge', 'begins or ends with a space, which Adobe may cut: trim it in `map`')
  }
  if (onlyZeros.test(text))
    return fault('value-only-zeros', 'has zeros only; the import of such a text fails')
  if (reserved.test(text)) return fault('value-reserved', `"${text}" is a command of the import that deletes`)
  return null
}

function fault(code: RejectCode, message: string): TextFault {
  return { code, message }
}

const onlyZeros = /^0+$/
const reserved = /^~(?:empty|deletekey)~$/i
// eslint-disable-next-line no-control-regex -- these are what is looked for
const controlCharacter = /[\0-\x1f\x7f-\x9f]/
/** With the flag `u`, a pair is one character above U+FFFF. */
const loneSurrogate = /[\ud800-\udfff]/u
/**
 * Fast path: one native test passes nearly every text. It also matches surrogate pairs, which the rules then accept.
 */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const suspicious = /[\0-\x1f\x7f-\x9f\ud800-\udfff]/
