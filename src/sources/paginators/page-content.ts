import type { PageAnswer } from './paginator'

/** Equal for pages with the same records: a source that ignores the parameter sends one page again and again. */
export function pageContent({ records, bytes }: PageAnswer): string | Uint8Array {
  try {
    return JSON.stringify(records)
  } catch {
    // The records are nested too deep to be serialized, so compare the body, which may differ in more than its records.
    return bytes
  }
}
