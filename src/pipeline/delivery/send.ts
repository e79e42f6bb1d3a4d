import { splitBatch } from './split-batch'
import { toHalves, toSending, withIdentity } from '../transitions'
import { backToStaged, confirm, hold, leaveInDoubt } from './conclude'
import { notAuthorized, notPermitted, outOfReach, unauthorizedLimit, unreachableLimit } from './faults'
import type { OutgoingBatch, SendAnswer } from '../../destinations/destination'
import type { OutboxEntry } from '../../state/state-document'
import type { GroupContext } from './group-context'

/**
 * Sends a batch once. The write of `sending` comes first, and the request must begin and end within the send window
 * that opens when that write is issued: it renews the lease, so nobody can take a frozen sender for dead too early.
 */
export async function send(context: GroupContext, entry: OutboxEntry, batch: OutgoingBatch): Promise<number> {
  const { state, destination, settings, clock, signal } = context
  const issuedAt = await state.write((before) => {
    const { document, index } = withIdentity(before, destination.identity)
    return toSending(entry.key, index, state.storeClock.now())(document)
  })

  const windowMs = settings.sendTimeoutMs - (clock.monotonic() - issuedAt)
  if (windowMs <= 0)
    return leaveInDoubt(context, entry, 'The send window had passed before the request began.')
  const window = openWindow(context, windowMs)
  let answer: SendAnswer
  try {
    answer = await destination.send(batch, window.signal)
  } catch (error) {
    signal.throwIfAborted()
    if (window.signal.aborted) return await leaveInDoubt(context, entry, 'The send window closed.')
    // No token, no request: nothing left this process.
    await backToStaged(context, entry, 0)
    throw error
  } finally {
    window.close()
  }
  return settleAnswer(context, entry, batch, answer)
}

function openWindow(
  { clock, signal }: GroupContext,
  ms: number,
): { readonly signal: AbortSignal; close(): void } {
  const timer = new AbortController()
  const expiry = new AbortController()
  clock.sleep(ms, timer.signal).then(
    () => expiry.abort(new Error('send window closed')),
    () => undefined,
  )
  return { signal: AbortSignal.any([signal, expiry.signal]), close: () => timer.abort('closed') }
}

async function settleAnswer(
  context: GroupContext,
  entry: OutboxEntry,
  batch: OutgoingBatch,
  answer: SendAnswer,
): Promise<number> {
  const { inARow, settings, destination } = context
  inARow.unreachable = answer.kind === 'not-sent' ? inARow.unreachable + 1 : 0
  inARow.unauthorized = answer.kind === 'unauthorized' ? inARow.unauthorized + 1 : 0
  switch (answer.kind) {
    case 'accepted':
      if (answer.rows === entry.rows && answer.invalidRows === 0) return confirm(context, entry, 'answer')
      return hold(
        context,
        entry,
        'invalid-rows',
        `Adobe counted ${answer.rows} rows, ${answer.invalidRows} of them invalid. ${answer.log}`.trim(),
        answer.invalidRows,
      )
    case 'rejected':
      return hold(context, entry, 'rejected', `Adobe answered: ${answer.message}`)
    case 'too-large':
      return sendAsHalves(context, entry, batch, answer.message)
    case 'unauthorized': {
      const given = inARow.unauthorized >= unauthorizedLimit ? notAuthorized(answer.message) : null
      return backToStaged(context, entry, 0, given)
    }
    case 'not-permitted':
      return backToStaged(context, entry, 0, notPermitted(answer.message))
    case 'throttled': {
      const waitMs = answer.retryAfterMs ?? destination.restMs(entry.rows)
      return backToStaged(context, entry, Math.max(waitMs, settings.requestMs))
    }
    case 'not-sent': {
      const given = inARow.unreachable >= unreachableLimit ? outOfReach(answer.message) : null
      return backToStaged(context, entry, settings.requestMs * 2 ** inARow.unreachable, given)
    }
    case 'unknown':
      return leaveInDoubt(context, entry, answer.message)
  }
}

async function sendAsHalves(
  context: GroupContext,
  entry: OutboxEntry,
  batch: OutgoingBatch,
  message: string,
): Promise<number> {
  const { state, files, destination } = context
  const halves = await splitBatch(context, entry, batch.bytes)
  if (!halves) return hold(context, entry, 'row-too-large', `Adobe answered: ${message}`)
  await state.write(toHalves(entry.key, halves))
  await files.delete(entry.run, entry.file)
  return destination.restMs(entry.rows)
}
