import type { StateDocument } from '../state/state-document'

/**
 * The note of the report about batches that only the destination can settle. Its text is equal while nothing changes.
 */
export function waitingNote({ outbox }: Pick<StateDocument, 'outbox'>): string {
  const inDoubt = outbox.filter(({ state }) => state === 'in-doubt').length
  const accepted = outbox.filter(({ state }) => state === 'accepted').length
  const parts = [
    ...(accepted > 0 ? [`${accepted} accepted and not confirmed yet`] : []),
    ...(inDoubt > 0 ? [`${inDoubt} in doubt`] : []),
  ]
  return `Batches wait for the destination: ${parts.length > 0 ? parts.join(', ') : `${outbox.length} on their way`}. A later run asks again.`
}
