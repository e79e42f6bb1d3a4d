import { instantAt, minuteMs, recordsFor } from './records'
import { publish } from './source'
import { createWorld } from './world'
import type { DeliveryKind } from './destination'
import type { Mode } from './jobs'
import type { World, WorldOptions } from './world'

export const modes: readonly Mode[] = ['incremental', 'pages', 'sliced', 'full-refresh']
export const kinds: readonly DeliveryKind[] = ['keyed', 'named', 'upsert']
export const cases = modes.flatMap((mode) => kinds.map((kind) => ({ mode, kind })))

export type Case = (typeof cases)[number]

/**
 * A world of several commits, batches and partitions. Upsert records come again with newer content, as far as one commit
 * may carry them.
 */
export function caseWorld(
  { mode, kind }: Case,
  count: number,
  options: Omit<WorldOptions, 'records'>,
): World {
  const records = recordsFor(count, { spacing: mode === 'sliced' ? 20 : 1, ids: idsOf(mode, kind, count) })
  return createWorld({
    ...options,
    records,
    shape: { mode, kind, keyed: kind === 'upsert' && mode !== 'pages', ...options.shape },
  })
}

/** The source gains records, while runs are under way or not. */
export function grow(world: World, count: number): void {
  const { mode, kind } = world.shape
  const before = world.feed.records.length
  const newest = world.feed.records.at(-1)?.position ?? 0
  const now = (world.time.now() - instantAt(0)) / minuteMs
  const ids = idsOf(mode, kind, Infinity)
  publish(
    world.feed,
    Array.from({ length: count }, (_, index) => {
      const content = before + index
      // Slices that are over may be done: what comes now belongs to the next.
      const position = mode === 'sliced' ? Math.ceil(now / 60) * 60 + index : newest + 1
      const id = content % ids
      return { id: `r${id}`, visitor: id % 3, position, minute: position, content, flaw: null }
    }),
    world.feedShape.pageSize,
  )
}

function idsOf(mode: Mode, kind: DeliveryKind, all: number): number {
  return kind === 'upsert' && mode !== 'full-refresh' ? 8 : all
}
