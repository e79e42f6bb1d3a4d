import type { Destination } from '../../destinations/destination'
import type { Finding } from './finding'

/** Reject codes in one finding. */
const named = 5

/**
 * The rows of a sample that the destination's own format refuses, as one finding; none where it takes all of them. A row
 * is named by the code and the column of its reject, never by its values.
 */
export function refusedRows(
  subject: string,
  rows: readonly unknown[],
  format: Pick<Destination['format'], 'encode'>,
): readonly Finding[] {
  const reasons = new Map<string, number>()
  for (const row of rows) {
    const reason = refusalOf(row, format)
    if (reason !== null) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  const refused = [...reasons.values()].reduce((sum, count) => sum + count, 0)
  if (refused === 0) return []
  const shown = [...reasons].slice(0, named).map(([reason, count]) => `${reason} (${count})`)
  const message = `${refused} of ${rows.length} rows would be rejects: ${shown.join(', ')}`
  return [
    {
      level: 'fault',
      subject,
      message,
      remedy: 'docs/errors.md explains the codes; dryRun=true names the rows.',
    },
  ]
}

function refusalOf(row: unknown, format: Pick<Destination['format'], 'encode'>): string | null {
  try {
    const result = format.encode(row)
    if (result.kind === 'row') return null
    return result.path === '' ? result.code : `${result.code} at ${result.path}`
  } catch {
    return 'map-failed'
  }
}
