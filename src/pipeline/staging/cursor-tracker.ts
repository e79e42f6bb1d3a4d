import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import type { Cursor } from '../../state/state-document'

/** Follows a source's total order, so that a later run resumes at the very record where this one stopped. */
export interface CursorTracker {
  /**
   * Says whether a record is new, or was already taken by an earlier run.
   * A record that could not be read has no position of its own and counts as one at the current position.
   * @throws JobError `source-order` when the source goes back
   */
  take(raw: unknown, position: string | null, key: string | null): 'new' | 'repeated'
  /** Behind the last record taken; null before the first. */
  cursor(): Cursor | null
}

/**
 * @param rereads true where a ledger recognises what was already taken: records before the cursor are then welcome
 */
export function trackCursor(start: Cursor | null, sourceVersion: number, rereads: boolean): CursorTracker {
  const reached = start?.position ?? ''
  const repeats = new Map(Object.entries(start?.ties ?? {}))
  let position = start?.position ?? ''
  let ties: Record<string, number> = { ...start?.ties }
  let tied = start !== null
  const takenHere: (string | object)[] = []
  let resumed = start === null || rereads

  function isRepeat(identity: string | object, at: string): boolean {
    if (resumed) return false
    // A source without a filter starts over: everything before the cursor was taken.
    if (at < position) return true
    if (at > position) {
      resumed = true
      return false
    }
    const hash = hashOf(identity)
    const left = repeats.get(hash) ?? 0
    if (left === 0) return false
    repeats.set(hash, left - 1)
    return true
  }

  return {
    take(raw, recordPosition, key) {
      const at = recordPosition ?? position
      const identity = key ?? (raw as object)
      if (isRepeat(identity, at)) return 'repeated'
      if (rereads && at < reached) return 'new'
      if (at < position) throw outOfOrder(position, at)
      if (at > position) {
        position = at
        if (tied) ties = {}
        tied = false
        takenHere.length = 0
      }
      takenHere.push(identity)
      return 'new'
    },
    cursor() {
      for (const identity of takenHere.splice(0)) {
        const hash = hashOf(identity)
        ties[hash] = (ties[hash] ?? 0) + 1
        tied = true
      }
      if (position === '' && Object.keys(ties).length === 0) return start
      return { position, ties: { ...ties }, sourceVersion }
    },
  }
}

/** Short, because a page of ties may be long; 66 bits, compared only among the ties of one position. */
function hashOf(identity: unknown): string {
  const text = typeof identity === 'string' ? identity : JSON.stringify(identity)
  return createHash('sha256').update(text).digest('base64url').slice(0, 11)
}

function outOfOrder(position: string, at: string): JobError {
  return new JobError(
    'source-order',
    `The source sent a record at ${at} after one at ${position}.`,
    'A job with `position` needs a source in one total order. Sort it at the source, or leave `position` out.',
    { details: { position, at } },
  )
}
