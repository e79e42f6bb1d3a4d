import { JobError } from '../../errors'
import type { Destination, DestinationIdentity } from '../../destinations/destination'
import type { OutboxEntry } from '../../state/outbox-entry'
import type { StateDocument } from '../../state/state-document'

/**
 * True where the job's destination is no longer the one that knows this batch: an answer that was lost, or a receipt,
 * can only be asked for at the same kind, address and account; a staged file fits its own kind only.
 */
export function belongsElsewhere(
  entry: OutboxEntry,
  { identities }: Pick<StateDocument, 'identities'>,
  { identity: now, poll }: Pick<Destination, 'identity' | 'poll'>,
): boolean {
  const then = identities[entry.identity]
  if (!then || entry.state === 'held' || entry.state === 'confirmed') return false
  if (then.kind !== now.kind) return true
  if (entry.state === 'staged') return false
  if (entry.state === 'accepted' && !poll) return true
  return then.address !== now.address || then.account !== now.account
}

/** The batches that only the destination before the change can settle. */
export function batchesElsewhere(
  document: StateDocument,
  destination: Pick<Destination, 'identity' | 'poll'>,
): readonly OutboxEntry[] {
  return document.outbox.filter((entry) => belongsElsewhere(entry, document, destination))
}

/** @param entries at least one, of {@link batchesElsewhere} */
export function destinationChanged(
  job: string,
  entries: readonly OutboxEntry[],
  { identities }: Pick<StateDocument, 'identities'>,
  now: DestinationIdentity,
): JobError {
  const [first] = entries
  const then = identities[first?.identity ?? 0]
  const batches = entries.map(({ id, state, rows }) => `${id} (${state}, ${rows} rows)`).join(', ')
  return new JobError(
    'definition-changed',
    `The destination of the job "${job}" was ${then ? place(then) : 'another'} and is ${place(now)}, which cannot be asked for what was sent before: ${batches}.`,
    'Put the old destination and credential back until a run reports pending = 0. Or decide about each batch: resolve=<batch> with as=sent if its rows have arrived, as=resend if they are missing (otherwise they count twice), as=drop to leave them out.',
    { details: { job, batches: entries.length } },
  )
}

function place({ kind, address, account }: DestinationIdentity): string {
  return `${kind} at ${address} as ${account}`
}
