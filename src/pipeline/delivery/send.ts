import { JobError } from '../../errors'
import { leaveInDoubt, returnToStaged } from './conclude'
import { openSendWindow } from './send-window'
import { settleAnswer, settlePreparation } from './settle-answer'
import type { OutgoingBatch, SendAnswer } from '../../destinations/destination'
import type { EntryIn } from '../../state/outbox-entry'
import type { BatchNotes } from './batch-notes'
import type { StepContext } from './delivery-context'
import type { OpenWindow } from './send-window'

type Thrown = { readonly kind: 'thrown'; readonly error: unknown }

/** Prepares the send at the destination. The request is repeatable, so it needs no write-ahead intent. */
export async function prepare(
  context: StepContext,
  entry: EntryIn<'staged'>,
  notes: BatchNotes,
  batch: OutgoingBatch,
): Promise<number> {
  const { destination, pace, signal } = context
  await pace.leave(signal)
  const answer = (await destination.prepare?.(batch, signal)) ?? { kind: 'prepared', handle: '' }
  return settlePreparation(context, entry, notes, batch, answer)
}

/**
 * Sends a batch once. Write-ahead: the intent is durable before the request, so that the next lease holder treats the
 * batch as in doubt. Returns how long the batch waits, in ms.
 *
 * @throws JobError of the token, of the store, and of {@link settleAnswer}
 */
export async function send(
  context: StepContext,
  entry: EntryIn<'staged'>,
  notes: BatchNotes,
  batch: OutgoingBatch,
): Promise<number> {
  const { state, destination } = context
  const at = state.storeClock.now()
  const issuedAt = await state.write({
    type: 'send-started',
    at,
    id: entry.id,
    identity: destination.identity,
  })
  const window = openSendWindow(context, issuedAt)
  const answer = await request(context, batch, window, notes.handle ?? '').finally(() => window.close())
  notes.handle = null
  if (answer.kind === 'thrown') return afterThrown(context, entry, notes, answer.error)
  if (answer.kind === 'not-sent' && !window.isOpen()) {
    return returnToStaged(context, entry, 0, answer.message)
  }
  return settleAnswer(context, entry, notes, batch, answer)
}

/** Checks the send window again right before the request leaves: the process may have been frozen in between. */
async function request(
  { pace, destination, signal }: StepContext,
  batch: OutgoingBatch,
  window: OpenWindow,
  handle: string,
): Promise<SendAnswer | Thrown> {
  await pace.leave(window.signal).catch(() => signal.throwIfAborted())
  if (!window.isOpen()) return { kind: 'not-sent', message: 'The send window had closed.' }
  try {
    return await destination.send(batch, window, handle)
  } catch (error) {
    signal.throwIfAborted()
    if (!window.isOpen()) return { kind: 'unknown', message: 'The send window closed before an answer came.' }
    return { kind: 'thrown', error }
  }
}

/** A `JobError` comes from the token, before the request is sent. Any other error proves nothing about the request. */
async function afterThrown(
  context: StepContext,
  entry: EntryIn<'staged'>,
  notes: BatchNotes,
  error: unknown,
): Promise<never> {
  if (error instanceof JobError) await returnToStaged(context, entry, 0, error.message)
  else await leaveInDoubt(context, entry, notes, `The send failed: ${String(error)}`)
  throw error
}
