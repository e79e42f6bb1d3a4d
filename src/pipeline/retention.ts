import type { RunContext } from './run-context'

const dayMs = 24 * 60 * 60_000
/** Unresolved rejects expire after this long. */
export const rejectsKeptMs = 30 * dayMs

/** Retention: unresolved rejects expire, so that they do not pile up. Returns notes for the report. */
export function expireRejects({ state, log }: Pick<RunContext, 'state' | 'log'>): readonly string[] {
  const storeNow = state.storeClock.now()
  const expired = state.document.rejects.segments.filter(({ at }) => storeNow - at > rejectsKeptMs)
  if (expired.length === 0) return []
  const rejects = expired.reduce((sum, { open }) => sum + open, 0)
  const note = `${rejects} rejects were not resolved within ${rejectsKeptMs / dayMs} days and are given up: their records are no longer kept.`
  log.warn(note, { segments: expired.length })
  state.later({ type: 'rejects-expired', segments: expired.map(({ id }) => id), rejects })
  return [note]
}
