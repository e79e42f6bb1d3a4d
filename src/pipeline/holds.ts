import type { HeldBatch } from '../state/run-report'
import type { Hold, OutboxEntry } from '../state/state-document'

export type Resolution = 'sent' | 'resend' | 'drop'

interface Guide {
  /** What is known of the rows. */
  readonly known: string
  readonly choices: Partial<Record<Resolution, string>>
}

const sentWhenThere = 'if you have found its rows in Analytics'
const dropToLose = 'to leave its rows out of Analytics for good'

/** What each hold means to a person, and the ways out of it with what each risks. */
const guides: Record<Hold['code'], Guide> = {
  'invalid-rows': {
    known: 'Adobe took some of its rows and refused others. The rows it took are stored for good.',
    choices: { sent: 'to accept that the refused rows are missing', drop: 'the same, counted as dropped' },
  },
  rejected: {
    known: 'Adobe refused the whole file; none of its rows are stored.',
    choices: { resend: 'after the cause was mended at Adobe', drop: dropToLose },
  },
  'row-too-large': {
    known: 'Adobe finds even a single row of it too large; it is not stored.',
    choices: { drop: dropToLose },
  },
  'key-collision': {
    known: 'Adobe knows its idempotency key with another number of rows, so it may or may not be stored.',
    choices: {
      sent: sentWhenThere,
      resend: 'if you have found that its rows are missing; otherwise they count twice',
      drop: dropToLose,
    },
  },
  'too-old-to-ask': {
    known: 'Its answer was lost, and so much time has passed that Adobe may have forgotten its key.',
    choices: {
      sent: sentWhenThere,
      resend: 'if you have found that its rows are missing; otherwise they count twice',
      drop: dropToLose,
    },
  },
  'file-missing': {
    known: 'Its staged file is gone, so its rows cannot be sent from here.',
    choices: { sent: sentWhenThere, drop: 'to go on without its rows' },
  },
  'file-damaged': {
    known: 'Its staged file is not the one that was written, so it must not be sent.',
    choices: { sent: sentWhenThere, drop: 'to go on without its rows' },
  },
}

export function allowedResolutions(code: Hold['code']): readonly Resolution[] {
  return Object.keys(guides[code].choices) as Resolution[]
}

/** A held batch as the report shows it. */
export function explainHold(entry: OutboxEntry, hold: Hold): HeldBatch {
  const { known, choices } = guides[hold.code]
  return {
    batch: entry.key,
    group: entry.group,
    rows: entry.rows,
    code: hold.code,
    message: `${hold.message} ${known}`,
    choices: Object.entries(choices).map(([as, when]) => `resolve=${entry.key} as=${as}: ${when}`),
  }
}
