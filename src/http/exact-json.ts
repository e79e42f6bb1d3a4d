/**
 * A hint, cheap to test: only a text that matches can hold a number that a double does not keep. Digits behind a quote
 * do not match, because many records have ids of 16 digits and more as texts.
 */
const suspicious = /(?:^|[\s:[,-])\d{16}|\d[eE]\+?\d{3}/
/** A string, which is left alone, or a number. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/gs

/**
 * Parses JSON. An integer beyond ±2^53 and a number beyond the range of doubles become texts with their exact digits;
 * `JSON.parse` would round them. Fractions are doubles.
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  if (!suspicious.test(text)) return value
  const exact = text.replace(token, (found) =>
    found.startsWith('"') || isKept(found) ? found : `"${found}"`,
  )
  return exact === text ? value : JSON.parse(exact)
}

function isKept(digits: string): boolean {
  const value = Number(digits)
  return Number.isFinite(value) && (Number.isSafeInteger(value) || /[.eE]/.test(digits))
}
