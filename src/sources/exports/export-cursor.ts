import { TZDate } from '@date-fns/tz'
import * as z from 'zod'
import { JobError } from '../../errors'
import { parseInstant } from '../../instant'
import type { ExportSettings } from './export-options'

/** An export that was asked for. */
export const OpenExport = z.strictObject({
  id: z.string(),
  /** Half-open range, ms since the epoch. */
  from: z.number(),
  to: z.number(),
  /** Wall clock, ms since the epoch. */
  createdAt: z.number(),
  /** Records of it that were read. */
  records: z.int().nonnegative(),
})
export type OpenExport = z.infer<typeof OpenExport>

/** Where reading stands: everything before `through` was read, and an export of what follows may be under way. */
const ExportCursor = z.strictObject({ through: z.number(), open: OpenExport.nullable() })
export type ExportCursor = z.infer<typeof ExportCursor>

type Days = ExportSettings['days']

/**
 * Reads a cursor. A person may state a date or an instant instead, from which the next export begins.
 * @throws JobError `source-malformed`
 */
export function parseExportCursor(text: string | null, { start, timeZone }: Days): ExportCursor {
  const stated = parseInstant(text ?? start, timeZone)
  if (stated !== null) return { through: stated, open: null }
  const parsed = ExportCursor.safeParse(jsonOf(text ?? ''))
  if (parsed.success) return parsed.data
  throw new JobError(
    'source-malformed',
    'The cursor of the job is not one of an export.',
    'State the first day to export: resolve=definition as=continue from=<date>.',
  )
}

export const formatExportCursor = (cursor: ExportCursor) => JSON.stringify(cursor)

/** The days that the next export asks for; null where none is complete. @param now wall clock, ms since the epoch */
export function nextDays(
  through: number,
  { timeZone, lag, most }: Days,
  now: number,
): { from: number; to: number } | null {
  const end = midnight(new TZDate(now - lag, timeZone), 0)
  const to = Math.min(end, midnight(new TZDate(through, timeZone), most))
  return to > through ? { from: through, to } : null
}

/** Midnight of the zone, days after that of `at`. */
function midnight(at: TZDate, days: number): number {
  return new TZDate(at.getFullYear(), at.getMonth(), at.getDate() + days, at.timeZone ?? 'UTC').getTime()
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
