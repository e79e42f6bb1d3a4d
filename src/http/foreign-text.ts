/** Long enough for a reason, too short for a document. */
const prefixChars = 200
/** Opaque words: runs without a blank that hold a digit, such as keys, tokens, hashes and unknown forms of a secret. */
const opaque = /[^\s"'<>]{25,}/g
/** Control characters, line ends among them: terminals and logs would act on them. */
// eslint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g

/** Hides known secrets. */
export type Redact = (text: string) => string

/**
 * What may be kept of a text that a server has written: its code, and a short prefix without secrets, control
 * characters and long opaque words.
 * @param redact sees the whole text: a secret that is cut first is no longer recognised
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

/** What may be written to a terminal: escape sequences of somebody else's making are taken apart. */
export function withoutControls(text: string): string {
  return text.replace(controlCharacters, ' ')
}

/** A code that a server has sent, where it looks like one; anything else might repeat what was sent to it. */
export function foreignCode(code: string): string {
  return /^[\w.-]{1,40}$/.test(code) ? code : 'an unknown code'
}
