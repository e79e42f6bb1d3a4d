import type { Destination } from '../../destinations/destination'
import type { EntryIn, Hold } from '../../state/outbox-entry'
import type { HeldBatch } from '../../state/run-report'
import type { Resolution } from '../run-context'

/** How a person ends a hold. */
export type BatchResolution = Exclude<Resolution, 'continue'>

interface Guide {
  /** The known facts about the rows. */
  readonly known: string
  /** The ways out, each with its risk. */
  readonly choices: Readonly<Partial<Record<BatchResolution, string>>>
}

const sentIfFound = 'if you have found its rows at the destination'
const resendIfMissing = 'if you have found that its rows are missing; otherwise they count twice'
const dropForGood = 'to leave its rows out for good'

const guides: Readonly<Record<Hold['code'], Guide>> = {
  'invalid-rows': {
    known: 'The destination took some of its rows and refused others. The rows it took are stored.',
    choices: { sent: 'to accept that the refused rows are missing', drop: 'the same, counted as dropped' },
  },
  rejected: {
    known: 'The destination refused the whole batch; none of its rows are stored.',
    choices: { resend: 'after the cause is removed at the destination', drop: dropForGood },
  },
  'row-too-large': {
    known: 'Even a single row of it is too large for the destination; it is not stored.',
    choices: { drop: dropForGood },
  },
  'key-collision': {
    known:
      'The destination knows its idempotency key with another number of rows, so its own rows may or may not be stored.',
    choices: { sent: sentIfFound, resend: resendIfMissing, drop: dropForGood },
  },
  'too-old-to-ask': {
    known: 'Its answer was lost, and so much time has passed that a lookup proves nothing any more.',
    choices: { sent: sentIfFound, resend: resendIfMissing, drop: dropForGood },
  },
  'found-twice': {
    known: 'More than one job has its name, so its rows may be stored more than once.',
    choices: {
      sent: 'once the surplus jobs are deleted, or to accept that its rows count more than once',
      drop: 'the same, counted as dropped',
    },
  },
  'ingested-in-part': {
    known: 'Some of its rows may be stored; the destination does not say which. It is never sent again.',
    choices: {
      sent: 'to accept what is stored as it is',
      drop: 'the same, counted as dropped',
    },
  },
  'processing-failed': {
    known: 'Its import failed each time it was sent. Sending it again does no harm.',
    choices: { resend: 'to try again', drop: dropForGood },
  },
  'file-missing': {
    known: 'Its staged file is gone, so its rows cannot be sent from here.',
    choices: { sent: sentIfFound, drop: 'to go on without its rows' },
  },
  'file-damaged': {
    known: 'Its staged file is not the one that was written, so it must not be sent.',
    choices: { sent: sentIfFound, drop: 'to go on without its rows' },
  },
}

/** How a batch that is held for `code` may be settled. */
export function allowedResolutions(code: Hold['code']): readonly BatchResolution[] {
  return Object.keys(guides[code].choices) as BatchResolution[]
}

/** A held batch as the report shows it: the destination explains its vendor's side, the engine the commands. */
export function explainHold(entry: EntryIn<'held'>, destination: Pick<Destination, 'explain'>): HeldBatch {
  const { id, partition, rows, hold } = entry
  const general = guides[hold.code]
  const special = destination.explain?.({ code: hold.code })
  const choices = Object.entries(general.choices) as [BatchResolution, string][]
  return {
    batch: id,
    partition,
    rows,
    code: hold.code,
    message: `${hold.message} ${special?.known ?? general.known}`,
    choices: choices.map(([as, when]) => `resolve=${id} as=${as}: ${special?.risks?.[as] ?? when}`),
  }
}
