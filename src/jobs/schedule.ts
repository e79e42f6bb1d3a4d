/** How a job's time is cut into slices. */
export interface Schedule {
  readonly period: 'hour' | 'day' | 'week' | 'month'
  /** IANA name: days of 23 and 25 hours are cut where that zone's clocks change. */
  readonly timeZone: string
  /** Where the first slice begins: an ISO 8601 date in that zone, or an instant. */
  readonly start: string
  /** How long after its end a slice's records still arrive at the source, in ms. */
  readonly settlingMs?: number
  /** How many slices one run works off at most. Default: as many as fit. */
  readonly slicesPerRun?: number
}
