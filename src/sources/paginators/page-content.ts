import type { PageAnswer } from './paginator'

/** Equal for pages with the same records: a source that ignores the parameter sends one page again and again. */
export function pageContent({ records, bytes }: PageAnswer): string | Uint8Array {
  try {
    return JSON.stringify(records)
  } catch {
    // Nested too deep to be written. The body may differ in more than its records, so it is the second choice.
    return bytes
  }
}
