import type { StateDocument } from '../state/state-document'

const dayMs = 24 * 60 * 60_000
/** Rejects that nobody resolved are let go after this long, and the oldest when there are more files than this. */
const rejectsKeptMs = 30 * dayMs
const rejectFilesKept = 1_000

/** Keeps the document small: what it no longer names is swept by a later run. */
export function prune(document: StateDocument, storeNow: number, reportsKept: number): StateDocument {
  const kept = document.rejects.filter(({ at }) => storeNow - at <= rejectsKeptMs).slice(-rejectFilesKept)
  const dropped = document.rejects.filter((segment) => !kept.includes(segment))
  return {
    ...document,
    rejects: kept,
    sweep: [...new Set([...document.sweep, ...dropped.map(({ run }) => run)])],
    reports: document.reports.slice(-reportsKept),
  }
}
