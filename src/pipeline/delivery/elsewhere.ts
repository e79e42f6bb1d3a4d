import { JobError } from '../../errors'
import type { Destination, DestinationIdentity } from '../../destinations/destination'
import type { OutboxEntry } from '../../state/outbox-entry'
import type { StateDocument } from '../../state/state-document'
import type { BatchResolution } from './holds'

/**
 * True where only a former destination can settle this batch: a lost answer can be looked up, and a receipt polled,
 * only with the same kind, address and account; a staged file fits only a destination of its own kind.
 */
export function belongsElsewhere(
  entry: OutboxEntry,
  { identities }: Pick<StateDocument, 'identities'>,
  { identity: now, poll }: Pick<Destination, 'identity' | 'poll'>,
): boolean {
  const then = identities[entry.identity]
  if (!then || entry.state === 'held' || entry.state === 'planned' || entry.state === 'confirmed')
    return false
  if (then.kind !== now.kind) return true
  if (entry.state === 'staged') return false
  if (entry.state === 'accepted' && !poll) return true
  return then.address !== now.address || then.account !== now.account
}

/**
 * The resolutions for a batch that only the former destination can settle; none where the present destination can. A
 * batch in the format of another kind is never sent.
 */
export function resolutionsElsewhere(
  entry: OutboxEntry,
  document: Pick<StateDocument, 'identities'>,
  destination: Pick<Destination, 'identity' | 'poll'>,
): readonly BatchResolution[] {
  if (!belongsElsewhere(entry, document, destination)) return []
  if (entry.state === 'staged') return ['drop']
  const fits = document.identities[entry.identity]?.kind === destination.identity.kind
  return fits ? ['sent', 'resend', 'drop'] : ['sent', 'drop']
}

const meanings: Readonly<Record<BatchResolution, string>> = {
  sent: 'as=sent if its rows have arrived',
  resend: 'as=resend if they are missing (otherwise they count twice)',
  drop: 'as=drop to leave them out',
}

/** Batches that an error names; more are counted. */
const named = 5

/** One error for all batches of a former destination; null where there are none. */
export function destinationChanged(
  job: string,
  document: Pick<StateDocument, 'identities' | 'outbox'>,
  destination: Pick<Destination, 'identity' | 'poll'>,
): JobError | null {
  const entries = document.outbox.filter((entry) => belongsElsewhere(entry, document, destination))
  const [first] = entries
  const then = first && document.identities[first.identity]
  if (!then) return null
  const batches = entries.slice(0, named).map(({ id, state, rows }) => `${id} (${state}, ${rows} rows)`)
  const more = entries.length > named ? ` and ${entries.length - named} more` : ''
  const choices = new Set(entries.flatMap((entry) => resolutionsElsewhere(entry, document, destination)))
  return new JobError(
    'definition-changed',
    `The destination of the job "${job}" was ${place(then)} and is ${place(destination.identity)}, which cannot settle batches that were staged or sent before: ${batches.join(', ')}${more}.`,
    `Put the old destination and credential back until a run reports pending = 0. Or decide about each batch: resolve=<batch> with ${[...choices].map((choice) => meanings[choice]).join(', ')}.`,
    { details: { job, batches: entries.length } },
  )
}

function place({ kind, address, account }: DestinationIdentity): string {
  return `${kind} at ${address} as ${account}`
}
