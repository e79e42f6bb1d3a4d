/** What this run knows of a batch beside its entry. It is lost with the run, which costs requests and nothing else. */
export interface BatchNotes {
  /** Monotonic, ms: no step before. */
  readyAt: number
  /** A lookup found nothing where absence counts. */
  absent: boolean
  /** A lookup found all our rows; whether they are valid is still to be asked. */
  found: boolean
  /** Of the preparation, once it stands. */
  handle: string | null
  /** Answers in a row that settled nothing. */
  unsettled: number
  /** Tokens in a row that were refused. */
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
