import { addCounters } from './counters'
import { reduceArrivals } from './reduce-arrivals'
import { reduceCommand } from './reduce-command'
import { reduceCommit } from './reduce-commit'
import { reduceDelivery } from './reduce-delivery'
import { reduceLease, reduceRunEnd } from './reduce-lease'
import { withoutRejectSegments } from './run-files-named'
import type { StateEvent } from './events'
import type { StateDocument } from './state-document'

/**
 * The delivery protocol's table: the state of a job after an event. Pure: an event carries everything that its
 * transition needs.
 * @throws JobError `unexpected` where the event does not apply to the batch's state
 */
export function reduce(document: StateDocument, event: StateEvent): StateDocument {
  switch (event.type) {
    case 'lease-taken':
      return reduceLease(document, event)
    case 'lease-renewed':
      return document
    case 'run-ended':
      return reduceRunEnd(document, event)
    case 'command-accepted':
      return reduceCommand(document, event)
    case 'committed':
      return reduceCommit(document, event)
    case 'counted':
      return { ...document, counters: addCounters(document.counters, event.counters) }
    case 'regrouped':
      return regrouped(document, event)
    case 'arrivals-checked':
      return reduceArrivals(document, event)
    case 'orphans-cleaned':
      // A frozen run may still write: its folder stays on the list until a listing finds no orphans.
      return event.files > 0
        ? document
        : { ...document, orphans: document.orphans.filter((run) => run !== event.run) }
    case 'rejects-expired':
      return withoutRejectSegments(document, event.segments)
    default:
      return reduceDelivery(document, event)
  }
}

/** Any row may now belong to any partition, so every partition starts from the newest mark and the longest wait of all. */
function regrouped(
  document: StateDocument,
  { partitioning, partitions }: Extract<StateEvent, { type: 'regrouped' }>,
): StateDocument {
  const before = Object.values(document.partitions)
  const newest = {
    mark: greatest(before.map(({ mark }) => mark)),
    notBefore: greatest(before.map(({ notBefore }) => notBefore)) ?? 0,
    confirmedAt: greatest(before.map(({ confirmedAt }) => confirmedAt)),
  }
  return {
    ...document,
    partitioning,
    partitions: Object.fromEntries(partitions.map((name) => [name, newest])),
  }
}

function greatest(values: readonly (number | null)[]): number | null {
  return values.reduce(
    (most, value) => (most === null || (value !== null && value > most) ? value : most),
    null,
  )
}
