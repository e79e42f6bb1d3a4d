import { accept, confirm, hold, leaveInDoubt, returnToStaged } from './conclude'
import { afterRefusal, reached, waitOut } from './refusal'
import { splitBatch } from './split-batch'
import type { OutgoingBatch, PrepareAnswer, Refusal, SendAnswer } from '../../destinations/destination'
import type { EntryIn } from '../../state/outbox-entry'
import type { BatchNotes } from './batch-notes'
import type { StepContext } from './delivery-context'

type Staged = EntryIn<'staged'>
type Accepted = Extract<SendAnswer, { kind: 'accepted' }>
type NotIngested = Extract<SendAnswer, { kind: 'rejected' | 'too-large' }>

/**
 * Applies the answer to a send to the batch. Returns how long the batch waits, in ms.
 *
 * @throws JobError `not-authorized`, `not-permitted`, `destination-unreachable`, once the batch is staged again
 */
export async function settleAnswer(
  context: StepContext,
  entry: Staged,
  notes: BatchNotes,
  batch: OutgoingBatch,
  answer: SendAnswer,
): Promise<number> {
  switch (answer.kind) {
    case 'accepted':
      reached(context, notes)
      return accepted(context, entry, notes, answer)
    case 'rejected':
    case 'too-large':
      return notIngested(context, entry, notes, batch, answer)
    case 'unknown':
      reached(context, notes)
      return leaveInDoubt(context, entry, notes, answer.message)
    default:
      return refused(context, entry, notes, answer)
  }
}

/** Applies the answer to a preparation. The batch stays staged, because nothing of it can have been ingested. */
export async function settlePreparation(
  context: StepContext,
  entry: Staged,
  notes: BatchNotes,
  batch: OutgoingBatch,
  answer: PrepareAnswer,
): Promise<number> {
  switch (answer.kind) {
    case 'prepared':
      reached(context, notes)
      notes.handle = answer.handle
      return 0
    case 'rejected':
    case 'too-large':
      return notIngested(context, entry, notes, batch, answer)
    default:
      return waitOut(context, entry, notes, answer)
  }
}

/** An asynchronous destination counts the rows when the import ends; any other one counts them in this answer. */
async function accepted(
  context: StepContext,
  entry: Staged,
  notes: BatchNotes,
  { receipt, rows = entry.rows, invalidRows = 0, log = '' }: Accepted,
): Promise<number> {
  if (context.destination.poll) {
    if (receipt !== undefined) return accept(context, entry, notes, receipt)
    return leaveInDoubt(context, entry, notes, 'The answer accepts the batch and names no receipt.')
  }
  if (rows === entry.rows && invalidRows === 0) return confirm(context, entry, 'answer')
  const counts = `The destination counted ${rows} rows, ${invalidRows} of them invalid; the batch has ${entry.rows}.`
  return hold(context, entry, 'invalid-rows', `${counts} ${log}`.trim(), invalidRows)
}

async function notIngested(
  context: StepContext,
  entry: Staged,
  notes: BatchNotes,
  batch: OutgoingBatch,
  { kind, message }: NotIngested,
): Promise<number> {
  reached(context, notes)
  const said = `The destination answered: ${message}${/[.!?]$/.test(message) ? '' : '.'}`
  if (kind === 'rejected') return hold(context, entry, 'rejected', said)
  const halves = await splitBatch(context, entry, batch.bytes)
  if (!halves) return hold(context, entry, 'row-too-large', said)
  await context.state.write({ type: 'split', id: entry.id, halves })
  return 0
}

async function refused(
  context: StepContext,
  entry: Staged,
  notes: BatchNotes,
  answer: Refusal,
): Promise<number> {
  const { waitMs, error } = afterRefusal(context, notes, answer)
  await returnToStaged(context, entry, waitMs, 'message' in answer ? answer.message : 'Too many requests.')
  if (error) throw error
  return waitMs
}
