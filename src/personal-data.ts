/**
 * An e-mail address, also with its `@` escaped for URLs. Only its parts next to the `@` are matched, so that the search
 * is linear.
 */
const email = /[\w.+-]{1,64}(?:@|%40)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.[a-z]{2,24}(?![a-z0-9])/gi
/**
 * Phone numbers are written with a plus or with separators: digits alone are taken for an id. International ones have
 * 8 to 15 digits (E.164), North American ones three groups.
 */
const phones = [
  /(?<![\w+.-])\+\d(?:[ ().\-/]{0,2}\d){7,14}(?![\w])/g,
  /(?<![\w+.-])(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\w]|[-.]\d)/g,
] as const
const groups = /\d{3}[-. )]/

/** Names the personal data that a text seems to hold; null where it seems to hold none. */
export function personalDataIn(text: string): 'an e-mail address' | 'a phone number' | null {
  if ((text.includes('@') || text.includes('%40')) && text.search(email) >= 0) return 'an e-mail address'
  // Most values are settled here: they are short, or have neither a plus nor three digits before a separator.
  if (text.length < 9 || !(text.includes('+') || groups.test(text))) return null
  return phones.some((phone) => text.search(phone) >= 0) ? 'a phone number' : null
}

/** The text with e-mail addresses and phone numbers replaced by `[redacted]`. */
export function withoutPersonalData(text: string): string {
  return [email, ...phones].reduce((rest, pattern) => rest.replace(pattern, '[redacted]'), text)
}
