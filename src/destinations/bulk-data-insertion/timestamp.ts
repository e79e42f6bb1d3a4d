const isoWithZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:?\d{2})$/
/** Larger numbers are milliseconds, or a mistake: seconds reach it in the year 2286. */
const tooLargeForSeconds = 10_000_000_000

/**
 * Seconds since the epoch of a hit's `timestamp`; null where Adobe would refuse or misread it.
 * Milliseconds are not allowed, and a time without a zone is not clear.
 */
export function toSeconds(value: unknown): number | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : Math.floor(value.getTime() / 1000)
  if (typeof value === 'number') return isSeconds(value) ? value : null
  if (typeof value !== 'string') return null
  if (/^\d{1,10}$/.test(value)) return Number(value)
  return isoWithZone.test(value) ? Date.parse(value) / 1000 : null
}

function isSeconds(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < tooLargeForSeconds
}
