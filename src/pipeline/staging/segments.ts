import { withSegments } from '../transitions'
import type { Change } from '../../state/job-state'
import type { RejectLog } from './reject-log'
import type { RunContext } from '../run-context'
import type { SeenLedger } from './seen/seen-ledger'

export interface SegmentOptions {
  /** Names the unit; part of every idempotency key, so unique within the job. */
  readonly name: string
  readonly ledger: SeenLedger | null
  /** Records older than this are never read again; null where any may be. */
  readonly seenFrom: string | null
  /** The newest position or instant of the unit. */
  readonly seenTo: () => string
}

/** Sorts behind every position: nothing older is kept. */
const beyondAll = '\uffff'

/**
 * Writes the immutable files that go beside a unit's batches: its rejects, and the records it has seen.
 * Returns the change that names them.
 */
export async function writeSegments(
  { state, files }: RunContext,
  { name, ledger, seenFrom, seenTo }: SegmentOptions,
  rejects: RejectLog,
): Promise<Change> {
  const { run } = state
  const seen = ledger?.segment() ?? null
  if (rejects.count > 0) await files.add(rejectsFile(name), rejects.toJsonLines())
  if (seen) await files.add(seenFile(name), seen.bytes)
  return withSegments({
    rejects:
      rejects.count > 0
        ? { run, file: rejectsFile(name), unit: name, count: rejects.count, at: state.storeClock.now() }
        : null,
    seen: seen ? { run, file: seenFile(name), to: seenTo() } : null,
    seenFrom: seen?.replacesAll ? beyondAll : seenFrom,
  })
}

const rejectsFile = (unit: string) => `${unit}-rejects.jsonl`
const seenFile = (unit: string) => `${unit}-seen.bin`
