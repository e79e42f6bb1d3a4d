import { progressed } from '../transitions'
import { confirm, hold } from './conclude'
import { notAuthorized, notPermitted, outOfReach, unauthorizedLimit, unreachableLimit } from './faults'
import { send } from './send'
import type { CheckAnswer, LookupAnswer, OutgoingBatch } from '../../destinations/destination'
import type { OutboxEntry } from '../../state/state-document'
import type { GroupContext } from './group-context'

/** What a lookup or check may answer that settles nothing. */
type Unsettled = Extract<
  LookupAnswer | CheckAnswer,
  { kind: 'unauthorized' | 'not-permitted' | 'throttled' | 'not-sent' | 'unknown' }
>

/**
 * Settles what became of a batch whose answer was lost. *Found* counts at any time; *absent* only once an accepted
 * file would have to show, counted on the store's clock and from before the question is asked.
 */
export async function settleDoubt(
  context: GroupContext,
  entry: OutboxEntry,
  batch: OutgoingBatch,
): Promise<number> {
  const { state, settings, destination, signal } = context
  const absenceProvesFrom = (entry.doubtFrom ?? Infinity) + settings.sendTimeoutMs + settings.settleMs
  const askedAt = state.storeClock.now()
  const answer = await destination.lookup(batch, signal)
  if (answer.kind === 'found') return settleFound(context, entry, batch, answer.rows)
  if (answer.kind !== 'absent') return unsettled(context, answer)
  if (askedAt < absenceProvesFrom) return askAgain(context, absenceProvesFrom - askedAt)
  settled(context)
  if (askedAt - (entry.firstSentAt ?? -Infinity) > settings.trustMs) {
    return hold(
      context,
      entry,
      'too-old-to-ask',
      'Adobe does not know the key of this batch, and may have forgotten it.',
    )
  }
  await state.write(progressed)
  return send(context, entry, batch)
}

/** Asks before a first send, because the state before a new document may have been lost. True where it is unknown. */
export async function lookUpFirst(
  context: GroupContext,
  entry: OutboxEntry,
  batch: OutgoingBatch,
): Promise<{ readonly absent: boolean; readonly waitMs: number }> {
  const answer = await context.destination.lookup(batch, context.signal)
  if (answer.kind === 'absent') {
    settled(context)
    return { absent: true, waitMs: 0 }
  }
  if (answer.kind === 'found') {
    return { absent: false, waitMs: await settleFound(context, entry, batch, answer.rows) }
  }
  return { absent: false, waitMs: unsettled(context, answer) }
}

/** The lookup says how many rows came, not how many were valid: for that the same bytes are checked again. */
async function settleFound(
  context: GroupContext,
  entry: OutboxEntry,
  batch: OutgoingBatch,
  rows: number,
): Promise<number> {
  settled(context)
  if (rows !== entry.rows) {
    const message = `Adobe knows the key with ${rows} rows; this batch has ${entry.rows}.`
    return hold(context, entry, 'key-collision', message)
  }
  const answer = await context.destination.check(batch, context.signal)
  if (answer.kind === 'valid') return confirm(context, entry, 'lookup')
  if (answer.kind === 'invalid') {
    return hold(
      context,
      entry,
      'invalid-rows',
      `Adobe has the batch and finds fault with it: ${answer.message}`,
    )
  }
  return unsettled(context, answer)
}

function settled({ inARow }: GroupContext): void {
  inARow.unsettled = 0
  inARow.unreachable = 0
  inARow.unauthorized = 0
}

/** Waits longer each time: a run that has nothing else to do then ends, and leaves the question to a later one. */
function askAgain({ inARow, settings }: GroupContext, atMostMs: number): number {
  inARow.unsettled += 1
  return Math.min(settings.lookupEveryMs * 2 ** (inARow.unsettled - 1), atMostMs)
}

/** How long to wait after an answer that settles nothing. */
function unsettled(context: GroupContext, answer: Unsettled): number {
  const { inARow, settings } = context
  inARow.unauthorized = answer.kind === 'unauthorized' ? inARow.unauthorized + 1 : 0
  inARow.unreachable = answer.kind === 'not-sent' ? inARow.unreachable + 1 : 0
  if (answer.kind === 'not-permitted') throw notPermitted(answer.message)
  if (answer.kind === 'unauthorized') {
    if (inARow.unauthorized >= unauthorizedLimit) throw notAuthorized(answer.message)
    return 0
  }
  if (answer.kind === 'not-sent') {
    if (inARow.unreachable >= unreachableLimit) throw outOfReach(answer.message)
    return settings.requestMs * 2 ** inARow.unreachable
  }
  if (answer.kind === 'throttled' && answer.retryAfterMs !== null) return answer.retryAfterMs
  return askAgain(context, Infinity)
}
