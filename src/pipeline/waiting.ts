import type { StateDocument } from '../state/state-document'

/** What the report says of batches that only the destination can settle. Equal while nothing changes. */
export function waitingNote({ outbox }: Pick<StateDocument, 'outbox'>): string {
  const inDoubt = outbox.filter(({ state }) => state === 'in-doubt').length
  const accepted = outbox.filter(({ state }) => state === 'accepted').length
  const parts = [
    ...(accepted > 0 ? [`${accepted} accepted and not confirmed yet`] : []),
    ...(inDoubt > 0 ? [`${inDoubt} in doubt`] : []),
  ]
  return `Batches wait for the destination: ${parts.length > 0 ? parts.join(', ') : `${outbox.length} on their way`}. A later run asks again.`
}
