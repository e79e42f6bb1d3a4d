/** Long enough for a reason, too short for a document. */
const prefixChars = 200
/** Opaque words: long words with a digit, such as keys, tokens, hashes and unknown forms of a secret. */
const opaque = /[^\s"'<>]{25,}/g
/** Control characters, line ends among them: terminals and logs would act on them. */
// eslint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g

/** Replaces known secrets in a text. */
export type Redact = (text: string) => string

/**
 * The part of a server's text that may be kept: its code, and a short prefix without secrets, control characters and
 * long opaque words.
 * @param redact receives the whole text, because a secret that was cut is not recognised
 */
export function foreignText(
  text: string,
  { redact, code }: { readonly redact: Redact; readonly code?: string | undefined },
): string {
  const words = withoutControls(redact(text))
    .replace(opaque, (word) => (/\d/.test(word) && !word.includes('[redacted]') ? '[…]' : word))
    .trim()
  const cut = words.length <= prefixChars ? words : `${words.slice(0, prefixChars).replace(/\s*\S*$/, '')}…`
  if (code === undefined) return cut
  return cut === '' ? foreignCode(code) : `${foreignCode(code)}: ${cut}`
}

/** A text of another system, safe to print on a terminal: without control characters, escape sequences do nothing. */
export function withoutControls(text: string): string {
  return text.replace(controlCharacters, ' ')
}

/** An error code that a server has sent, if it looks like one; any other text might repeat a secret. */
export function foreignCode(code: string): string {
  return /^[\w.-]{1,40}$/.test(code) ? code : 'an unknown code'
}
