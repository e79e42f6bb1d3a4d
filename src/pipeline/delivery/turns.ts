import type { Step } from './plan'

/**
 * Fair queueing: the partition that has waited longest since its last request comes first, and inside it the batch
 * that has. No partition starves, however many there are and however little may be sent.
 */
export interface Turns {
  inTurn(steps: readonly Step[]): readonly Step[]
  took(step: Step): void
}

export function createTurns(): Turns {
  const partitions = new Map<string, number>()
  const batches = new Map<string, number>()
  let turn = 0

  return {
    inTurn: (steps) =>
      [...steps].sort(
        ({ entry: a }, { entry: b }) =>
          (partitions.get(a.partition) ?? 0) - (partitions.get(b.partition) ?? 0) ||
          (batches.get(a.id) ?? 0) - (batches.get(b.id) ?? 0),
      ),
    took({ entry }) {
      turn += 1
      partitions.set(entry.partition, turn)
      batches.set(entry.id, turn)
    },
  }
}
