import { withSegments } from './transitions'
import type { Change } from '../state/job-state'
import type { RejectLog } from './reject-log'
import type { RunContext } from './run-context'
import type { UnitOptions } from './staging-unit'

/** Sorts behind every position: nothing older is kept. */
const beyondAll = '\uffff'

/**
 * Writes the immutable files that go beside a unit's batches: its rejects, and the records it has seen.
 * Returns the change that names them.
 */
export async function writeSegments(
  { state, files }: RunContext,
  { name, ledger, seenFrom, seenTo }: UnitOptions,
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
