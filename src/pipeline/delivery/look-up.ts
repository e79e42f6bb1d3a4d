import { factsOf } from './batch-facts'
import { accept, clearDoubt, confirm, hold } from './conclude'
import { backOff, reached, waitOut } from './refusal'
import type { Delivery, OutgoingBatch } from '../../destinations/destination'
import type { EntryIn } from '../../state/outbox-entry'
import type { BatchNotes } from './batch-notes'
import type { StepContext } from './delivery-context'

type Keyed = Extract<Delivery, { kind: 'keyed' }>
type Named = Extract<Delivery, { kind: 'named' }>
/** A batch in doubt; or a staged one while the state before a new document may have been lost. */
type Asked = EntryIn<'staged' | 'in-doubt'>

/** Looks a batch up at the destination. Returns how long the batch then waits, in ms. */
export async function lookUp(
  context: StepContext,
  delivery: Keyed | Named,
  entry: Asked,
  notes: BatchNotes,
): Promise<number> {
  await context.pace.leave(context.signal)
  return delivery.kind === 'keyed'
    ? lookUpKey(context, delivery, entry, notes)
    : lookUpName(context, delivery, entry, notes)
}

async function lookUpKey(
  context: StepContext,
  delivery: Keyed,
  entry: Asked,
  notes: BatchNotes,
): Promise<number> {
  const askedAt = context.state.storeClock.now()
  const answer = await delivery.lookup(factsOf(entry), context.signal)
  if (answer.kind === 'absent') return absent(context, delivery, entry, notes, askedAt)
  if (answer.kind !== 'found') return waitOut(context, entry, notes, answer)
  reached(context, notes)
  if (answer.rows !== entry.rows) {
    const message = `The destination knows the key with ${answer.rows} rows; this batch has ${entry.rows}.`
    return hold(context, entry, 'key-collision', message)
  }
  if (!delivery.verify) return confirm(context, entry, 'lookup')
  notes.found = true
  return 0
}

async function lookUpName(
  context: StepContext,
  delivery: Named,
  entry: Asked,
  notes: BatchNotes,
): Promise<number> {
  const askedAt = context.state.storeClock.now()
  const answer = await delivery.lookup(factsOf(entry), entry.firstSentAt ?? 0, context.signal)
  if (answer.kind === 'absent') return absent(context, delivery, entry, notes, askedAt)
  if (answer.kind !== 'found') return waitOut(context, entry, notes, answer)
  reached(context, notes)
  const [receipt] = answer.receipts
  if (answer.receipts.length > 1) {
    const message = `The destination has ${answer.receipts.length} jobs of its name: ${answer.receipts.join(', ')}.`
    return hold(context, entry, 'found-twice', message)
  }
  if (!context.destination.poll) return confirm(context, entry, 'lookup')
  return accept(context, entry, notes, receipt)
}

/** A lookup returns how many rows arrived, not how many are valid, so the same bytes are sent to be verified. */
export async function verify(
  context: StepContext,
  delivery: Keyed,
  entry: Asked,
  notes: BatchNotes,
  batch: OutgoingBatch,
): Promise<number> {
  await context.pace.leave(context.signal)
  const answer = (await delivery.verify?.(batch, context.signal)) ?? { kind: 'valid' }
  if (answer.kind !== 'valid' && answer.kind !== 'invalid') return waitOut(context, entry, notes, answer)
  reached(context, notes)
  if (answer.kind === 'valid') return confirm(context, entry, 'lookup')
  const message = `The destination has the batch and reports invalid rows: ${answer.message}`
  return hold(context, entry, 'invalid-rows', message)
}

/**
 * Absence is a proof only after the time within which an accepted batch becomes visible, measured on the store's clock
 * until right before the lookup.
 */
async function absent(
  context: StepContext,
  delivery: Keyed | Named,
  entry: Asked,
  notes: BatchNotes,
  askedAt: number,
): Promise<number> {
  reached(context, notes)
  if (entry.state === 'in-doubt') {
    const provesFrom = entry.doubtFrom + context.settings.sendTimeoutMs + delivery.visibleWithinMs
    if (askedAt < provesFrom) return Math.min(backOff(context, notes), provesFrom - askedAt)
    const sinceFirstSend = askedAt - (entry.firstSentAt ?? -Infinity)
    if (delivery.kind === 'keyed' && sinceFirstSend > delivery.rememberedMs) {
      const message = 'The destination does not know the key of this batch, and may have forgotten it.'
      return hold(context, entry, 'too-old-to-ask', message)
    }
    clearDoubt(context, entry)
  }
  notes.unsettled = 0
  notes.absent = true
  return 0
}
