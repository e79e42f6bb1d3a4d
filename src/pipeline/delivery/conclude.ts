import { doubtBarrier } from './doubt-barrier'
import { backOff } from './refusal'
import type { EntryIn, Hold, OutboxEntry } from '../../state/outbox-entry'
import type { BatchNotes } from './batch-notes'
import type { StepContext } from './delivery-context'

/** The ways a step can end. Each records what became of the batch and returns how long it waits then, in ms. */

export async function confirm(
  { state, destination }: StepContext,
  { id, partition, rows }: OutboxEntry,
  by: 'answer' | 'lookup' | 'poll',
): Promise<number> {
  const at = state.storeClock.now()
  const notBefore = by === 'answer' ? at + destination.limits.partitionIntervalMs(rows) : null
  const awaitsArrival = destination.arrival !== undefined
  await state.write({ type: 'confirmed', at, id, partition, by, rows, notBefore, awaitsArrival })
  return 0
}

export async function accept(
  { state, destination, settings }: StepContext,
  { id, partition, rows }: OutboxEntry,
  notes: BatchNotes,
  receipt: string,
): Promise<number> {
  const at = state.storeClock.now()
  const notBefore = at + destination.limits.partitionIntervalMs(rows)
  await state.write({ type: 'accepted', at, id, partition, receipt, notBefore })
  notes.unsettled = 0
  return settings.lookupEveryMs
}

export async function hold(
  { state }: StepContext,
  { id }: OutboxEntry,
  code: Hold['code'],
  message: string,
  invalidRows = 0,
): Promise<number> {
  const held: Hold = { code, message, since: state.storeClock.now() }
  await state.write({ type: 'held', id, hold: held, invalidRows })
  return 0
}

/**
 * The answer to a send proves nothing, so the batch becomes in doubt: a lookup settles it, or an upsert is sent again.
 */
export async function leaveInDoubt(
  context: StepContext,
  { id, partition, rows }: OutboxEntry,
  notes: BatchNotes,
  message: string,
): Promise<number> {
  const { state, destination, settings } = context
  const at = state.storeClock.now()
  await state.write({
    type: 'in-doubt',
    at,
    id,
    partition,
    notBefore: at + destination.limits.partitionIntervalMs(rows),
    barrier: doubtBarrier(destination.delivery, settings, at),
    message,
  })
  return destination.delivery.kind === 'upsert' ? backOff(context, notes) : 0
}

/** Returns the batch to `staged`, to be sent again. A crash may lose the event; the lookup is then repeated. */
export function clearDoubt({ state }: StepContext, { id }: EntryIn<'in-doubt'>): number {
  state.later({ type: 'doubt-cleared', id })
  return 0
}

/** Certain: nothing was ingested. */
export async function returnToStaged(
  { state }: StepContext,
  { id, partition }: OutboxEntry,
  waitMs: number,
  reason: string,
): Promise<number> {
  const notBefore = state.storeClock.now() + waitMs
  await state.write({ type: 'returned-to-staged', id, partition, notBefore, reason })
  return waitMs
}

/** Deletes the file before the entry: a crash in between leaves an entry that names the file to delete. */
export async function remove({ files, state }: StepContext, { id, run, file }: OutboxEntry): Promise<number> {
  await files.delete(run, file)
  state.later({ type: 'removed', id })
  return 0
}
