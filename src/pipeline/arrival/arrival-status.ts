import type { Arrival, Arrivals, Comparison } from '../../state/arrivals'

/** The arrival of a job's rows, as text and figures for a person. */
export interface ArrivalStatus extends Pick<Arrivals, 'confirmed' | 'arrived' | 'indicated' | 'givenUp'> {
  /** Not visible yet, within the time in which they must arrive. */
  readonly waiting: { readonly batches: number; readonly rows: number; readonly since: string | null }
  /** Not visible within the time in which they had to arrive. */
  readonly missing: readonly MissingArrival[]
  /** What reports show for the days of batches, beside what was sent; oldest first. */
  readonly totals: readonly ComparedTotals[]
}

/** An indication only: hits and other batches of the same days move the totals as well. */
export interface ComparedTotals {
  readonly batch: string
  /** Both included, in the time zone of the target. */
  readonly days: { readonly first: string; readonly last: string }
  /** `after` and `change` are null until the batch is processed and the totals were read again. */
  readonly metrics: readonly {
    readonly name: string
    readonly sent: number
    readonly before: number
    readonly after: number | null
    readonly change: number | null
  }[]
}

export interface MissingArrival {
  /** Id of the batch, of several that are asked for together the first. */
  readonly batch: string
  readonly batches: number
  readonly partition: string
  /** Rows that were confirmed, and those of them that were found. */
  readonly rows: number
  readonly found: number
  readonly markers: readonly string[]
  /** Least and greatest `order` of its rows. */
  readonly span: Arrival['span']
  readonly confirmedAt: string
  readonly missingSince: string
  /** Codes, explained in docs/errors.md; the likely ones first. */
  readonly causes: readonly string[]
}

/** Markers that are shown of batches that were merged. */
const shownMarkers = 20

export function arrivalStatus({ open, comparisons, ...volumes }: Arrivals): ArrivalStatus {
  const waiting = open.filter(({ missing }) => missing === null)
  const oldest = waiting.reduce((at, { confirmedAt }) => Math.min(at, confirmedAt), Infinity)
  return {
    ...volumes,
    waiting: {
      batches: sum(waiting.map(({ batches }) => batches)),
      rows: sum(waiting.map(({ rows }) => rows)),
      since: waiting.length > 0 ? iso(oldest) : null,
    },
    missing: open.flatMap((arrival) => (arrival.missing ? [missingOf(arrival, arrival.missing)] : [])),
    totals: comparisons.map(totalsOf),
  }
}

function missingOf(
  { id, batches, partition, rows, found, markers, span, confirmedAt }: Arrival,
  { since, causes }: NonNullable<Arrival['missing']>,
): MissingArrival {
  return {
    ...{ batch: id, batches, partition, rows, found, span, causes },
    markers: markers.slice(0, shownMarkers),
    confirmedAt: iso(confirmedAt),
    missingSince: iso(since),
  }
}

const dayMs = 86_400_000

function totalsOf({ id, from, to, metrics }: Comparison): ComparedTotals {
  return {
    batch: id,
    days: { first: iso(from).slice(0, 10), last: iso(to - dayMs).slice(0, 10) },
    metrics: metrics.map((metric) => ({
      ...metric,
      change: metric.after === null ? null : rounded(metric.after - metric.before),
    })),
  }
}

/** Without the noise of the last binary digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(12))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0)
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
