import { belongsElsewhere } from './elsewhere'
import type { Delivery, Destination } from '../../destinations/destination'
import type { EntryIn, OutboxEntry } from '../../state/outbox-entry'
import type { StateDocument } from '../../state/state-document'
import type { BatchNotes } from './batch-notes'

type Keyed = Extract<Delivery, { kind: 'keyed' }>
type Named = Extract<Delivery, { kind: 'named' }>
type Asked = EntryIn<'staged' | 'in-doubt'>

/** The next step of a batch. All but `remove` and `clear` make one request. */
export type Step = (
  | { readonly kind: 'remove'; readonly entry: EntryIn<'confirmed'> }
  | { readonly kind: 'clear'; readonly entry: EntryIn<'in-doubt'> }
  | { readonly kind: 'look-up'; readonly entry: Asked; readonly delivery: Keyed | Named }
  | { readonly kind: 'verify'; readonly entry: Asked; readonly delivery: Keyed }
  | { readonly kind: 'prepare' | 'send'; readonly entry: EntryIn<'staged'> }
  | { readonly kind: 'poll'; readonly entry: EntryIn<'accepted'> }
) & {
  /** Milliseconds until it may begin. */
  readonly waitMs: number
}

export interface PlanFacts {
  readonly document: StateDocument
  readonly destination: Pick<Destination, 'delivery' | 'identity' | 'limits' | 'poll' | 'prepare'>
  /** Ids of the batches whose steps are under way. */
  readonly running: ReadonlySet<string>
  readonly notesOf: (id: string) => BatchNotes
  /** The newest commit that this run has sent a batch of. */
  readonly newestSent: number
  /** On the store's clock. */
  readonly storeNow: number
  readonly monotonic: number
}

/** The next step of every batch that may take one, in the order of the outbox. */
export function planSteps(facts: PlanFacts): readonly Step[] {
  const { document, destination, running } = facts
  const candidates =
    destination.delivery.kind === 'upsert' ? inOrderOfCommits(facts) : inOrderOfPartitions(document.outbox)
  return candidates
    .filter((entry) => !running.has(entry.id) && !belongsElsewhere(entry, document, destination))
    .flatMap((entry) => stepOf(facts, entry) ?? [])
}

/** Append: one batch of a partition after the other; an accepted one has its place already. */
function inOrderOfPartitions(outbox: readonly OutboxEntry[]): readonly OutboxEntry[] {
  const taken = new Set<string>()
  return outbox.filter(({ state, partition }) => {
    if (state === 'accepted' || state === 'confirmed') return true
    const isNext = !taken.has(partition)
    taken.add(partition)
    return isNext
  })
}

/** Upsert: the batches of one commit travel together, as many as may be under way; the next commit follows. */
function inOrderOfCommits({ document, destination, running }: PlanFacts): readonly OutboxEntry[] {
  const pending = document.outbox.filter(({ state }) => state !== 'confirmed')
  const commit = Math.min(...pending.map((entry) => entry.commit))
  const current = pending.filter((entry) => entry.commit === commit && !isWaiting(entry))
  const isUnderWay = ({ id, state }: OutboxEntry) => state !== 'staged' || running.has(id)
  let free = destination.limits.underWay - current.filter(isUnderWay).length
  const travelling = current.filter((entry) => isUnderWay(entry) || free-- > 0)
  return [...document.outbox.filter(({ state }) => state === 'confirmed'), ...travelling]
}

/** True where the batch waits for a person. */
function isWaiting({ state }: OutboxEntry): boolean {
  return state === 'held' || state === 'planned'
}

function stepOf(facts: PlanFacts, entry: OutboxEntry): Step | null {
  const { destination, notesOf, monotonic, document } = facts
  const notes = notesOf(entry.id)
  const waitMs = Math.max(0, notes.readyAt - monotonic)
  switch (entry.state) {
    case 'confirmed':
      return { kind: 'remove', entry, waitMs }
    case 'accepted':
      return { kind: 'poll', entry, waitMs }
    case 'in-doubt':
      return question(destination.delivery, notes, entry, waitMs) ?? { kind: 'clear', entry, waitMs }
    case 'staged': {
      const asked = document.reconciled || notes.absent
      const first = asked ? null : question(destination.delivery, notes, entry, waitMs)
      return first ?? sendStep(facts, notes, entry, waitMs)
    }
    case 'planned':
    case 'sending':
    case 'held':
      return null
  }
}

function sendStep(facts: PlanFacts, notes: BatchNotes, entry: EntryIn<'staged'>, waitMs: number): Step {
  const kind = facts.destination.prepare && notes.handle === null ? 'prepare' : 'send'
  return { kind, entry, waitMs: Math.max(waitMs, sendWaitMs(facts, entry)) }
}

/** The lookup or verification that a batch needs; null where sending it again is harmless. */
function question(delivery: Delivery, notes: BatchNotes, entry: Asked, waitMs: number): Step | null {
  if (delivery.kind === 'upsert') return null
  if (delivery.kind === 'keyed' && notes.found) return { kind: 'verify', entry, delivery, waitMs }
  return { kind: 'look-up', entry, delivery, waitMs }
}

function sendWaitMs(facts: PlanFacts, { partition, commit }: OutboxEntry): number {
  const { document, storeNow } = facts
  const { barrier, partitions } = document
  const blocked = barrier > storeNow && !hasBegun(facts, commit)
  return Math.max(partitions[partition]?.notBefore ?? 0, blocked ? barrier : 0) - storeNow
}

/**
 * A barrier does not stop a commit of which a batch was sent already: its own batches raised the barrier. Where another
 * run sent those batches and none is left in the outbox, the commit waits: needlessly, but safely.
 */
function hasBegun({ document, newestSent }: PlanFacts, commit: number): boolean {
  const sent = (entry: OutboxEntry) => entry.state !== 'staged' || entry.firstSentAt !== null
  return commit <= newestSent || document.outbox.some((entry) => entry.commit === commit && sent(entry))
}
