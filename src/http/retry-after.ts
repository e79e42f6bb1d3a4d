/**
 * How long a `Retry-After` header asks to wait, in ms; null where the header is absent or invalid.
 * @see RFC 9110 §10.2.3: seconds, or an HTTP date
 * @param now wall clock, ms since the epoch
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
