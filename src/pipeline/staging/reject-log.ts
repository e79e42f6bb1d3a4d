import { JobError } from '../../errors'
import type { Reject } from '../../destinations/destination'

/** A unit with more rejects is broken rather than dirty; until then every record is kept in full. */
const rejectLimit = 10_000
const rejectShare = 0.1
/** Below this many records a share says nothing. */
const shareCountsFrom = 100

/** The records of one unit that cannot become rows. */
export interface RejectLog {
  readonly count: number
  readonly byReason: Readonly<Record<string, number>>
  /** @throws JobError `too-many-rejects` */
  add(raw: unknown, reject: Reject): void
  /**
   * Judges the unit before anything of it can be sent.
   * @throws JobError `too-many-rejects`
   */
  assertAcceptable(records: number): void
  /** JSON Lines: reason, path, message, unit and the record itself. */
  toJsonLines(): Buffer
}

export function createRejectLog(unit: string): RejectLog {
  const lines: string[] = []
  const byReason: Record<string, number> = {}

  function tooMany(records: string): JobError {
    const worst = Object.entries(byReason).sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'none'
    return new JobError(
      'too-many-rejects',
      `${lines.length} of ${records} records of ${unit} cannot become rows, most of them for ${worst}. Nothing of it was sent.`,
      'Compare some records with the job definition, mend the mapping or the source, and run again.',
      { details: { unit, rejects: lines.length, worst, sample: lines[0]?.slice(0, 500) } },
    )
  }

  return {
    get count() {
      return lines.length
    },
    byReason,
    add(raw, { code, path, message }) {
      lines.push(JSON.stringify({ code, path, message, unit, record: raw }))
      byReason[code] = (byReason[code] ?? 0) + 1
      if (lines.length > rejectLimit) throw tooMany('the first')
    },
    assertAcceptable(records) {
      if (records >= shareCountsFrom && lines.length > records * rejectShare) throw tooMany(String(records))
    },
    toJsonLines: () => Buffer.from(lines.map((line) => `${line}\n`).join('')),
  }
}
