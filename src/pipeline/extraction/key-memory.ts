import { createKeyTable } from './key-table'
import { createEntryLog, decodeEntries } from './memory-entries'
import { readEntries, storeEntries } from './memory-files'
import { decisionOf } from './decision'
import { sameContent } from './identity'
import { entryOf } from './tie-memory'
import type { Memory as StoredMemory } from '../../state/run-file'
import type { LazyIdentity } from './identity'
import type { Decision } from './decision'
import type { Memory, MemoryOptions } from './memory'

/** Segments are merged into one when they become more than this. */
const segmentLimit = 32

/**
 * Remembers records by primary key: all that a lookback or a full refresh reads again, or (`none`) those of the commit
 * in work. Additions are appended as segments; segments that end before the window are left out.
 * @throws JobError `state-missing`
 */
export async function openKeyMemory(
  stored: StoredMemory,
  { reach, files, run }: MemoryOptions,
): Promise<Memory> {
  let table = createKeyTable()
  if (reach !== 'none') for await (const entry of readEntries(stored, files)) table.put(entry)
  const added = createEntryLog()
  let current = stored

  function remember(identity: LazyIdentity, decision: Decision): void {
    if (!identity().keyed) return
    const entry = entryOf(identity(), decision)
    table.put(entry)
    if (reach !== 'none') added.push(entry)
  }

  return {
    beginRead() {
      if (reach === 'none') table = createKeyTable()
    },
    recall(identity) {
      const { words, keyed } = identity()
      const found = keyed ? table.find(words[0], words[1]) : null
      return found && { decision: decisionOf(found.decision), same: sameContent(identity(), found.words) }
    },
    remember,
    amend: remember,
    async toCommit({ file, to, isForgotten }) {
      if (reach === 'none') return current
      const segments = current.segments.filter((segment) => !isForgotten?.(segment.to))
      const place = { file, to, run, files }
      if (segments.length >= segmentLimit) {
        current = await storeEntries(table.entries(), table.size, [], place)
      } else if (added.size > 0) {
        const before = [...decodeEntries(Buffer.from(current.inline, 'base64'))]
        current = await storeEntries(both(before, added.entries()), before.length + added.size, segments, place)
      } else {
        current = { ...current, segments }
      }
      added.clear()
      return current
    },
  }
}

function* both<T>(first: Iterable<T>, second: Iterable<T>): Iterable<T> {
  yield* first
  yield* second
}
