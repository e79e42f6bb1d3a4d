/** Longer waits are no waits but refusals: a number that still is exact in ms. */
const longestSeconds = 9_000_000_000

/** The three forms of an HTTP date; the last one has no zone and is in GMT. */
const httpDates = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
]

/**
 * How long a `Retry-After` header asks to wait, in ms; null where the header is absent or invalid.
 * @see RFC 9110 §10.2.3: seconds, or an HTTP date (§5.6.7)
 * @param now wall clock, ms since the epoch
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? ''
  if (/^\d+$/.test(text)) return Math.min(Number(text), longestSeconds) * 1000
  const form = httpDates.findIndex((pattern) => pattern.test(text))
  if (form < 0) return null
  const date = Date.parse(form === 2 ? `${text} GMT` : text)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
