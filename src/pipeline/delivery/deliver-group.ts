import { createHash } from 'node:crypto'
import { hold, remove } from './conclude'
import { lookUpFirst, settleDoubt } from './look-up'
import { send } from './send'
import type { OutgoingBatch } from '../../destinations/destination'
import type { OutboxEntry } from '../../state/state-document'
import type { RunContext } from '../run-context'
import type { GroupContext } from './group-context'

/** Delivers the batches of one visitor group, one at a time. */
export interface GroupDelivery {
  /**
   * Brings the group's first batch one step further; returns how long the group then waits, in ms.
   * @throws JobError where the run cannot deliver on: `not-authorized`, `not-permitted`,
   * `destination-unreachable`, token and store errors, `lease-lost`
   */
  step(entry: OutboxEntry): Promise<number>
  /** Fetches the bytes ahead of the step that needs them. */
  prefetch(entry: OutboxEntry): void
  /** True where the next step only asks for the batch, for which its group need not have rested. */
  asksFirst(entry: OutboxEntry): boolean
}

export function deliverGroup(run: RunContext): GroupDelivery {
  const context: GroupContext = { ...run, inARow: { unreachable: 0, unauthorized: 0, unsettled: 0 } }
  const { state, files } = run
  const knownAbsent = new Set<string>()
  let fetched: { readonly key: string; readonly bytes: Promise<Buffer | null> } | null = null

  function prefetch(entry: OutboxEntry): void {
    void bytesOf(entry).catch(() => undefined)
  }

  function bytesOf(entry: OutboxEntry): Promise<Buffer | null> {
    if (fetched?.key !== entry.key) fetched = { key: entry.key, bytes: files.read(entry.run, entry.file) }
    return fetched.bytes
  }

  async function step(entry: OutboxEntry): Promise<number> {
    if (entry.state === 'confirmed') return remove(context, entry)
    const batch = await load(entry)
    if (typeof batch === 'number') return batch
    if (entry.state === 'doubt') return settleDoubt(context, entry, batch)
    if (!asksFirst(entry)) return send(context, entry, batch)
    const { absent, waitMs } = await lookUpFirst(context, entry, batch)
    if (absent) knownAbsent.add(entry.key)
    return waitMs
  }

  function asksFirst(entry: OutboxEntry): boolean {
    return entry.state === 'staged' && !state.document.caughtUp && !knownAbsent.has(entry.key)
  }

  async function load(entry: OutboxEntry): Promise<OutgoingBatch | number> {
    const bytes = await bytesOf(entry).catch((error: unknown) => {
      fetched = null
      throw error
    })
    if (!bytes) {
      return hold(
        context,
        entry,
        'file-missing',
        `${entry.file} of the run ${entry.run} is not in the store.`,
      )
    }
    if (createHash('sha256').update(bytes).digest('hex') !== entry.sha256) {
      return hold(context, entry, 'file-damaged', `${entry.file} of the run ${entry.run} has other content.`)
    }
    return { key: entry.key, groupName: entry.group, fileName: entry.file, rows: entry.rows, bytes }
  }

  return { step, prefetch, asksFirst }
}
