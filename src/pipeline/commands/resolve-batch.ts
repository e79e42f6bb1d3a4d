import { batchId } from '../batch-id'
import { resolutionsElsewhere } from '../delivery/elsewhere'
import { allowedResolutions } from '../delivery/holds'
import { refused } from './acceptance'
import type { Destination } from '../../destinations/destination'
import type { Job } from '../../definition/job'
import type { OutboxEntry } from '../../state/outbox-entry'
import type { StateDocument } from '../../state/state-document'
import type { Resolution } from '../run-context'
import type { Acceptance } from './acceptance'

/** A person decides about a batch that is held, or that only the former destination could settle. */
export function resolveBatch(
  { name: job }: Pick<Job, 'name'>,
  destination: Destination,
  document: StateDocument,
  id: string,
  as: Resolution,
): Acceptance {
  const entry = document.outbox.find((candidate) => candidate.id === id)
  const allowed = entry ? resolutionsFor(entry, document, destination) : []
  if (!entry || allowed.length === 0) throw notWaiting(document, destination, id)
  if (!allowed.includes(as)) {
    throw refused(
      `The batch ${id}, ${stateOf(entry)}, cannot be resolved as ${as}.`,
      `Allowed: ${allowed.map((resolution) => `as=${resolution}`).join(', ')}.`,
    )
  }
  const note = `Batch ${id} (${entry.rows} rows, ${stateOf(entry)}) was resolved as ${as}${consequences[as]}.`
  if (as !== 'resend') return { note, effect: { kind: 'batch-settled', id } }
  const generation = entry.generation + 1
  const { partition, batch, contentSha256 } = entry
  const newId = batchId(destination.delivery, { job, partition, batch, generation, contentSha256 })
  return { note: `${note} Its new id is ${newId}.`, effect: { kind: 'batch-resent', id, newId, generation } }
}

const consequences: Readonly<Record<Resolution, string>> = {
  sent: ': its rows count as arrived',
  resend: ': its rows are sent once more',
  drop: ': its rows are left out',
  continue: '',
}

function resolutionsFor(
  entry: OutboxEntry,
  document: StateDocument,
  destination: Destination,
): readonly Resolution[] {
  if (entry.state === 'held') return allowedResolutions(entry.hold.code)
  return resolutionsElsewhere(entry, document, destination)
}

function stateOf(entry: OutboxEntry): string {
  return entry.state === 'held' ? `held for ${entry.hold.code}` : `${entry.state} at another destination`
}

function notWaiting(document: StateDocument, destination: Destination, id: string) {
  const waiting = document.outbox.filter((entry) => resolutionsFor(entry, document, destination).length > 0)
  const asides = document.backfills.map(({ name }) => name)
  const names = [...waiting.map((entry) => entry.id), ...asides]
  return refused(
    `Nothing with the name ${id} waits for a person.`,
    names.length > 0
      ? `These wait: ${names.join(', ')}.`
      : 'No batch is held, and no backfill or replay is open.',
  )
}
