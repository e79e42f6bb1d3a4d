/** Longer values are tokens and keys, whose characters need no escape; but servers repeat pieces of them. */
const escapedChars = 64
const pieceChars = 48

const entities: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
  ' ': 'nbsp',
}
const controls: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't' }

/** Matches characters that can begin an escape. */
export const mayBeEscaped = /[%&\\=]/

/** Sources of regular expressions that ignore case. */
export interface Encodings {
  /** The text itself, in hex, and in base64 at each of the three alignments. */
  readonly literals: readonly string[]
  /** The text with each character escaped or not. Needed only where {@link mayBeEscaped} matches. */
  readonly escaped: readonly string[]
}

/** The forms in which a server may repeat a text. */
export function encodingsOf(text: string): Encodings {
  const forms = [...new Set([text, formEncoded(text)])]
  if (text.length <= escapedChars) {
    const encoded = forms.flatMap((form) => [...base64sOf(Buffer.from(form)), hexOf(form)])
    return {
      literals: [...new Set([...forms.map(literal), ...encoded])],
      escaped: [Array.from(text, escapesOf).join('')],
    }
  }
  const plain = [...forms, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)].flatMap(piecesOf)
  const head = text.slice(0, pieceChars)
  const encoded = [...base64sOf(Buffer.from(head)), hexOf(head)].map((start) => String.raw`${start}[\w+/=-]*`)
  return { literals: [...new Set([...plain.map(literal), ...encoded])], escaped: [] }
}

/** The encodings of a text that servers repeat only as it is. */
export function asItIs(text: string): Encodings {
  return { literals: [literal(text)], escaped: [] }
}

/** A character as it is, or in percent, quoted-printable, HTML, JSON and JavaScript escapes, also escaped twice. */
function escapesOf(sign: string): string {
  const point = sign.codePointAt(0) ?? 0
  const entity = entities[sign]
  const control = controls[sign]
  const forms = [
    String.raw`\\*${literal(sign)}`,
    Array.from(Buffer.from(sign), (byte) => `[%=](?:25)*${hex(byte, 2)}`).join(''),
    sign
      .split('')
      .map((unit) => String.raw`\\+u${hex(unit.charCodeAt(0), 4)}`)
      .join(''),
    String.raw`\\+x${hex(point, 2)}`,
    `&(?:amp;)*#0*${point};`,
    `&(?:amp;)*#x0*${hex(point, 1)};`,
    ...(entity === undefined ? [] : [`&(?:amp;)*${entity};`]),
    ...(control === undefined ? [] : [String.raw`\\+${control}`]),
    ...(sign === ' ' ? [String.raw`\+`] : []),
  ]
  return `(?:${forms.join('|')})`
}

/**
 * Base64 depends on the bytes before the text. For each of the three alignments: the characters that depend on the text
 * alone, in either alphabet.
 */
function base64sOf(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const whole = (bytes.length + shift) % 3 === 0
    const own = encoded.slice(shift === 0 ? 0 : shift + 1, whole ? undefined : -1)
    const either = literal(own)
      .replaceAll(String.raw`\+`, '[+-]')
      .replaceAll('/', '[/_]')
    return whole ? either : String.raw`${either}(?:[\w+/-]={1,2})?`
  })
}

function hexOf(text: string): string {
  return Buffer.from(text).toString('hex')
}

function piecesOf(text: string): string[] {
  const count = Math.floor(text.length / pieceChars)
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * pieceChars, index === count - 1 ? undefined : (index + 1) * pieceChars),
  )
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
