import { accept, confirm, hold, leaveInDoubt, returnToStaged } from './conclude'
import { afterRefusal, reached } from './refusal'
import { splitBatch } from './split-batch'
import type { OutgoingBatch, PrepareAnswer, Refusal, SendAnswer } from '../../destinations/destination'
import type { EntryIn } from '../../state/outbox-entry'
import type { BatchNotes, StepContext } from './delivery-context'

type Staged = EntryIn<'staged'>

/**
 * What the answer to a send does to the batch. Returns how long the batch waits, in ms.
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
      reached(context)
      return accepted(context, entry, notes, answer)
    case 'rejected':
      reached(context)
      return hold(context, entry, 'rejected', `The destination answered: ${answer.message}`)
    case 'too-large':
      reached(context)
      return replaceByHalves(context, entry, batch, answer.message)
    case 'unknown':
      reached(context)
      return leaveInDoubt(context, entry, notes, answer.message)
    default:
      return refused(context, entry, notes, answer)
  }
}

/** What the answer to a preparation does to the batch: nothing of it can have been ingested. */
export async function settlePreparation(
  context: StepContext,
  entry: Staged,
  notes: BatchNotes,
  batch: OutgoingBatch,
  answer: PrepareAnswer,
): Promise<number> {
  switch (answer.kind) {
    case 'prepared':
      reached(context)
      notes.handle = answer.handle
      return 0
    case 'unknown': {
      const { waitMs } = afterRefusal(context, notes, answer)
      context.log.warn('A preparation proved nothing.', { batch: entry.id, waitMs })
      return waitMs
    }
    default:
      return settleAnswer(context, entry, notes, batch, answer)
  }
}

/** Where an import follows, only its own end counts rows. Elsewhere the answer is the receipt. */
async function accepted(
  context: StepContext,
  entry: Staged,
  notes: BatchNotes,
  { receipt, rows = entry.rows, invalidRows = 0, log = '' }: Extract<SendAnswer, { kind: 'accepted' }>,
): Promise<number> {
  if (context.destination.poll) {
    if (receipt === undefined) {
      return leaveInDoubt(context, entry, notes, 'The answer accepts the batch and names no receipt.')
    }
    return accept(context, entry, notes, receipt)
  }
  if (rows === entry.rows && invalidRows === 0) return confirm(context, entry, 'answer')
  const message = `The destination counted ${rows} rows, ${invalidRows} of them invalid; this batch has ${entry.rows}. ${log}`
  return hold(context, entry, 'invalid-rows', message.trim(), invalidRows)
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

async function replaceByHalves(
  context: StepContext,
  entry: Staged,
  batch: OutgoingBatch,
  message: string,
): Promise<number> {
  const halves = await splitBatch(context, entry, batch.bytes)
  if (!halves) return hold(context, entry, 'row-too-large', `The destination answered: ${message}`)
  await context.state.write({ type: 'split', id: entry.id, halves })
  await context.files.delete(entry.run, entry.file)
  return 0
}
