import { decisionOf, decisions } from './decision'
import { sameContent } from './identity'
import { createKeyTable } from './key-table'
import { createEntryLog, decodeEntries } from './memory-entries'
import { fileEntries, readEntries, storeEntries } from './memory-files'
import { bare, createPresence } from './presence'
import { entryOf } from './tie-memory'
import type { Memory as StoredMemory } from '../../state/run-file'
import type { Decision } from './decision'
import type { LazyIdentity } from './identity'
import type { KeyTable } from './key-table'
import type { Memory, MemoryOptions, Sighting } from './memory'
import type { MemoryEntry } from './memory-entries'
import type { PresenceMarks } from './presence'

/** Segments are merged when there are this many more than their entries need. */
const segmentLimit = 32
/** So many additions cost little beside the table. */
const fewEntries = 64 * 1024

/**
 * Remembers records by primary key: all that a lookback or a full refresh reads again, or (`none`) those of the commit
 * in work. A version further behind than the lookback counts as unknown, so that a decision does not depend on where
 * commits and reads were cut. Additions are appended as segments; those that end before the window are left out.
 * @throws JobError `state-missing`
 */
export async function openKeyMemory(
  stored: StoredMemory,
  { reach, files, run, placeOf, lookback, watchesAbsence = false }: MemoryOptions,
): Promise<Memory> {
  // A full refresh has no cursors: every place is 0.
  const isPlaced = reach !== 'all'
  let table = createKeyTable(isPlaced)
  if (reach !== 'none') for await (const entry of readEntries(stored, files, true)) table.put(entry)
  const added = createAdditions()
  const presence =
    watchesAbsence && reach === 'all' ? createPresence(table, (entry) => added.push(entry, table.size)) : null
  let current = stored

  function remember(identity: LazyIdentity, decision: Decision, { at }: Sighting): void {
    if (!identity().keyed) return
    const entry = entryOf(identity(), decision, at === null ? 0 : placeOf(at))
    const before = table.find(entry.words[0], entry.words[1])
    if (before && isSame(bare(before), entry)) return
    table.put(presence?.marked(entry) ?? entry)
    if (reach !== 'none') added.push(entry, table.size)
  }

  /** An earlier version never replaces the entry of a later one. */
  function amend(identity: LazyIdentity, decision: Decision, sighting: Sighting): void {
    const [high, low] = identity().words
    const before = table.find(high, low)
    const isEarlier = before !== null && sighting.at !== null && placeOf(sighting.at) < before.place
    if (!isEarlier) remember(identity, decision, sighting)
  }

  return {
    ...(presence ? { presence } : {}),
    beginRead() {
      presence?.begin()
      if (reach === 'none') table = createKeyTable(isPlaced)
    },
    recall(identity, at) {
      const { words } = identity()
      const found = findSeen(table, presence, identity)
      if (!found) return null
      const same = sameContent(identity(), found.words)
      const isOutOfReach = lookback === null || (at !== null && placeOf(at) - found.place > lookback)
      // Only a changed schema renews an entry: fields that vary at each read would otherwise rewrite the index at each
      // run.
      const renews = same && words[3] !== 0 && words[3] !== found.words[3]
      return !same && isOutOfReach ? null : { decision: decisionOf(found.decision), same, renews }
    },
    remember,
    amend,
    async toCommit({ file, to, isForgotten }) {
      if (reach === 'none') return current
      const segments = current.segments.filter((segment) => !isForgotten?.(segment.to))
      const place = { file, to, run, files, keyed: true }
      if (added.areMost() || segments.length >= segmentLimit + table.size / fileEntries) {
        current = await storeEntries(knownEntries(table), table.size, [], place)
      } else if (added.size > 0) {
        const before = [...decodeEntries(Buffer.from(current.inline, 'base64'), true)]
        const count = before.length + added.size
        current = await storeEntries(both(before, added.entries()), count, segments, place)
      } else {
        current = { ...current, segments }
      }
      added.clear()
      return current
    },
  }
}

/** Null where the record is unknown. The read has had it. */
function findSeen(
  table: KeyTable,
  presence: PresenceMarks | null,
  identity: LazyIdentity,
): MemoryEntry | null {
  const { words, keyed } = identity()
  if (!keyed) presence?.unreadable()
  const stored = keyed ? table.find(words[0], words[1]) : null
  const found = stored && presence ? bare(stored) : stored
  if (found?.decision === decisions.vanished) return null
  if (found) presence?.see(words[0], words[1])
  return found
}

/** Without the marks of the read, and without records that vanished. */
function* knownEntries(table: KeyTable): Iterable<MemoryEntry> {
  for (const entry of table.entries()) {
    const stored = bare(entry)
    if (stored.decision !== decisions.vanished) yield stored
  }
}

/**
 * The entries since the last commit. Where those are most of all entries, the whole table is stored, and no entry
 * twice.
 */
function createAdditions() {
  const log = createEntryLog()
  let most = false
  return {
    get size() {
      return log.size
    },
    areMost: () => most,
    entries: () => log.entries(),
    push(entry: MemoryEntry, entries: number) {
      if (most) return
      log.push(entry)
      most = log.size >= fewEntries && log.size * 2 >= entries
      if (most) log.clear()
    },
    clear() {
      log.clear()
      most = false
    },
  }
}

function isSame(a: MemoryEntry, b: MemoryEntry): boolean {
  const sameWords = a.words.every((word, index) => word === b.words[index])
  return sameWords && a.decision === b.decision && a.place === b.place
}

function* both<T>(first: Iterable<T>, second: Iterable<T>): Iterable<T> {
  yield* first
  yield* second
}
