/** Facts about a batch that only this run keeps, beside the entry. A crash loses them, which costs requests only. */
export interface BatchNotes {
  /** No step of the batch begins before this monotonic time, in ms. */
  readyAt: number
  /** A lookup found nothing at a time when absence is a proof. */
  absent: boolean
  /** A lookup found all our rows; their validity is not verified yet. */
  found: boolean
  /** Handle of the preparation, once that has succeeded. */
  handle: string | null
  /** Consecutive answers that proved nothing. */
  unsettled: number
  /** Consecutive tokens that the destination refused. */
  unauthorized: number
}

/** Returns the notes of a batch, by its id. */
export function createBatchNotes(): (id: string) => BatchNotes {
  const all = new Map<string, BatchNotes>()
  return (id) => {
    const known = all.get(id)
    if (known) return known
    const notes = { readyAt: 0, absent: false, found: false, handle: null, unsettled: 0, unauthorized: 0 }
    all.set(id, notes)
    return notes
  }
}
