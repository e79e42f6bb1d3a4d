import * as z from 'zod'
import { Memory } from './run-file'

const storeTime = z.number()
const count = z.number().int()

/**
 * A place in a source's order. `at` is canonical and comparable by the notation of the job's cursor; `since` is the
 * value as the source wrote it, and is sent back to the source in this form.
 */
export const Cursor = z.object({ at: z.string(), since: z.string() })
export type Cursor = z.infer<typeof Cursor>

/** A half-open range of instants, ms since the epoch. */
export const Slice = z.object({ from: storeTime, to: storeTime })
export type Slice = z.infer<typeof Slice>

/** A range that a person wants sent beside the ordinary work. */
export const Backfill = z.discriminatedUnion('mode', [
  z.object({
    kind: z.literal('backfill'),
    mode: z.literal('sliced'),
    name: z.string(),
    from: storeTime,
    to: storeTime,
    /** Everything before it is committed; null before the first commit. */
    doneTo: storeTime.nullable(),
    generation: count,
    /** Also sends records that are known as sent. */
    force: z.boolean(),
  }),
  z.object({
    kind: z.literal('backfill'),
    mode: z.literal('incremental'),
    name: z.string(),
    from: Cursor,
    /** Exclusive. */
    to: Cursor,
    cursor: Cursor.nullable(),
    /** Decisions of this backfill about the records at its cursor. */
    ties: Memory,
    generation: count,
    force: z.boolean(),
  }),
])
export type Backfill = z.infer<typeof Backfill>

/** All open rejects, tried again. */
export const Replay = z.object({ kind: z.literal('replay'), name: z.string(), generation: count })
export type Replay = z.infer<typeof Replay>

/** One thing to extract. */
export type Work =
  | { readonly kind: 'incremental'; readonly cursor: Cursor | null }
  | { readonly kind: 'slice'; readonly slice: Slice }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'backfill'; readonly backfill: Backfill; readonly slice: Slice | null }
  | { readonly kind: 'replay'; readonly replay: Replay }
