import { allowedResolutions } from '../holds'
import { refused } from './acceptance'
import type { Change } from '../../state/job-state'
import type { OutboxEntry } from '../../state/state-document'
import type { Resolution } from '../holds'
import type { RunContext } from '../run-context'
import type { Acceptance } from './acceptance'

/** Ends a hold the way a person decided. */
export function resolveBatch(
  { state, destination, job }: RunContext,
  key: string,
  as: Resolution,
): Acceptance {
  const entry = state.document.outbox.find((candidate) => candidate.key === key)
  if (!entry?.hold) {
    const held = state.document.outbox.filter((candidate) => candidate.hold).map((candidate) => candidate.key)
    throw refused(
      `There is no held batch ${key}.`,
      held.length > 0 ? `Held: ${held.join(', ')}.` : 'No batch is held.',
    )
  }
  const allowed = allowedResolutions(entry.hold.code)
  if (!allowed.includes(as)) {
    throw refused(
      `A batch held for ${entry.hold.code} cannot be resolved as ${as}.`,
      `Allowed: ${allowed.join(', ')}.`,
    )
  }
  const change = as === 'resend' ? resent(entry) : ended(entry)
  return {
    note: `Batch ${key} (${entry.rows} rows, held for ${entry.hold.code}) was resolved as ${as}.`,
    change,
  }

  function ended({ key: done }: OutboxEntry): Change {
    return replaceEntry(done, (held) => ({ ...held, state: 'confirmed', hold: null }))
  }

  function resent(held: OutboxEntry): Change {
    const generation = held.generation + 1
    const newKey = destination.key({
      job: job.name,
      groupName: held.group,
      unit: held.unit,
      ordinal: 0,
      generation,
      sha256: held.sha256,
    })
    return replaceEntry(held.key, (before) => ({
      ...before,
      key: newKey,
      generation,
      state: 'staged',
      firstSentAt: null,
      doubtFrom: null,
      hold: null,
    }))
  }
}

function replaceEntry(key: string, replace: (entry: OutboxEntry) => OutboxEntry): Change {
  return (document) => ({
    ...document,
    outbox: document.outbox.map((entry) => (entry.key === key ? replace(entry) : entry)),
  })
}
