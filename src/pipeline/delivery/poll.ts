import { factsOf } from './batch-facts'
import { confirm, hold } from './conclude'
import { backOff, reached, waitOut } from './refusal'
import type { Delivery, PollAnswer } from '../../destinations/destination'
import type { EntryIn, Hold } from '../../state/outbox-entry'
import type { BatchNotes } from './batch-notes'
import type { StepContext } from './delivery-context'

type Accepted = EntryIn<'accepted'>
type Ended = Extract<PollAnswer, { kind: 'done' | 'failed' }>

/** The consequence of an import's end for its batch. */
export type PollVerdict =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'held'; readonly code: Hold['code']; readonly message: string }
  | { readonly kind: 'retry'; readonly message: string }

const noPoll: PollAnswer = { kind: 'unknown', message: 'The destination has no imports.' }

/** How often a batch whose import failed is sent again. */
const retryLimit = 3

/** Asks whether the import has ended. Returns how long the batch waits, in ms. A failed poll proves nothing. */
export async function poll(context: StepContext, entry: Accepted, notes: BatchNotes): Promise<number> {
  const { pace, signal, state, destination } = context
  await pace.leave(signal)
  const answer = (await destination.poll?.(factsOf(entry), entry.receipt, signal)) ?? noPoll
  if (answer.kind === 'processing') {
    reached(context, notes)
    return backOff(context, notes)
  }
  if (answer.kind !== 'done' && answer.kind !== 'failed') return waitOut(context, entry, notes, answer)
  reached(context, notes)
  const verdict = judgeImport(destination.delivery, entry, answer)
  switch (verdict.kind) {
    case 'confirmed':
      return confirm(context, entry, 'poll')
    case 'held':
      return hold(context, entry, verdict.code, verdict.message)
    case 'retry':
      await state.write({ type: 'retry-scheduled', id: entry.id, message: verdict.message })
      return backOff(context, notes)
  }
}

/** An append destination keeps the rows that it stored of a failed import, so such a batch is never sent again. */
export function judgeImport(
  delivery: Delivery,
  { rows, retries }: Pick<Accepted, 'rows' | 'retries'>,
  answer: Ended,
): PollVerdict {
  if (answer.kind === 'done' && (answer.rows ?? rows) === rows) return { kind: 'confirmed' }
  const stored = answer.rows === undefined ? 'an unknown number' : `${answer.rows} of ${rows}`
  const message = `${answer.kind === 'done' ? 'The import ended.' : answer.message} Rows stored: ${stored}.`
  if (delivery.kind !== 'upsert') {
    const nothing = answer.kind === 'failed' && answer.rows === 0
    return { kind: 'held', code: nothing ? 'rejected' : 'ingested-in-part', message }
  }
  const refused = answer.kind === 'failed' && answer.cause === 'rejected'
  if (refused) return { kind: 'held', code: 'rejected', message }
  return retries < retryLimit
    ? { kind: 'retry', message }
    : { kind: 'held', code: 'processing-failed', message }
}
