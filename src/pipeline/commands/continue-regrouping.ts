import { regroupingOf } from '../definition'
import { refused } from './acceptance'
import type { Destination } from '../../destinations/destination'
import type { StateDocument } from '../../state/state-document'
import type { Resolution } from '../run-context'
import type { EngineSettings } from '../settings'
import type { Acceptance } from './acceptance'

/** Ends the wait after a regrouping: rows of the new partitions may then overtake those of the old ones. */
export function continueRegrouping(
  document: StateDocument,
  destination: Pick<Destination, 'partition'>,
  as: Resolution,
  settings: Pick<EngineSettings, 'regroupAfterMs'>,
  storeNow: number,
): Acceptance {
  if (as !== 'continue')
    throw refused('A regrouping can only be continued.', 'Use resolve=regrouping as=continue.')
  const regrouping = regroupingOf(document, destination, settings, storeNow)
  if (regrouping.kind !== 'waiting') throw refused('No regrouping waits.', 'Run the job without a command.')
  if (regrouping.until === null) {
    throw refused(
      `${document.outbox.length} batches of the old partitions are still on their way.`,
      'Wait for a run with pending = 0, or resolve the batches that are held.',
    )
  }
  return {
    note: 'The wait after the regrouping was ended: rows may reach the destination out of their order.',
    effect: { kind: 'regrouping-waived' },
  }
}
