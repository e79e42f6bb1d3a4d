import * as z from 'zod'
import { Span } from './outbox-entry'

/** ms since the epoch on the store's clock. */
const storeTime = z.number()
const count = z.number().int()

/**
 * Confirmed batches whose arrival is not settled yet. Usually one; where too many wait, those of one time are merged and
 * are settled together.
 */
export const Arrival = z.object({
  /** Id of the batch; of merged ones, of the first. */
  id: z.string(),
  batches: count,
  rows: count,
  partition: z.string(),
  /** Index into `identities`, of the destination that confirmed it. */
  identity: count,
  /** The marks by which its rows can be recognised; empty where there are none. */
  markers: z.array(z.string()),
  receipts: z.array(z.string()),
  span: Span.nullable(),
  /** Of merged ones, the latest. */
  confirmedAt: storeTime,
  /** Rows that the last look has found. */
  found: count,
  /** Set once the time in which it has to arrive is over. */
  missing: z.object({ since: storeTime, causes: z.array(z.string()) }).nullable(),
})
export type Arrival = z.infer<typeof Arrival>

/**
 * What reports showed for the days of a batch before it was processed, and afterwards. An indication: other data of these
 * days moves the totals as well.
 */
export const Comparison = z.object({
  /** Id of the batch. */
  id: z.string(),
  /** When the totals before it were read. */
  at: storeTime,
  /** Its days, half-open: midnights in the time zone of the target, as if they were UTC, ms since the epoch. */
  from: z.number(),
  to: z.number(),
  /** `sent`: what the batch adds. `after` is null until it has been read. */
  metrics: z.array(
    z.object({ name: z.string(), sent: z.number(), before: z.number(), after: z.number().nullable() }),
  ),
  /** True once its rows are proven to be processed. */
  processed: z.boolean(),
})
export type Comparison = z.infer<typeof Comparison>

const Volume = z.object({ batches: count, rows: count })
export type Volume = z.infer<typeof Volume>

/** Totals: confirmed = arrived + indicated + given up + open. */
export const Arrivals = z.object({
  /** Batches that the destination confirmed, of those whose arrival can be asked for. */
  confirmed: Volume,
  /** Proven to be visible. */
  arrived: Volume,
  /** Nothing contradicts their arrival, and nothing proves it. */
  indicated: Volume,
  /** Not found in all the time in which they were kept, or never asked for. */
  givenUp: Volume,
  /** Oldest first. */
  open: z.array(Arrival),
  /** Oldest first. */
  comparisons: z.array(Comparison).default([]),
})
export type Arrivals = z.infer<typeof Arrivals>

const nothing: Volume = { batches: 0, rows: 0 }

export const noArrivals: Arrivals = {
  confirmed: nothing,
  arrived: nothing,
  indicated: nothing,
  givenUp: nothing,
  open: [],
  comparisons: [],
}

export function addVolume(volume: Volume, { batches, rows }: Volume): Volume {
  return { batches: volume.batches + batches, rows: volume.rows + rows }
}
