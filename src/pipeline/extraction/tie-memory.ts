import { decisionOf, decisions } from './decision'
import { differs, sameContent } from './identity'
import { createKeyTable } from './key-table'
import { readEntries, storeEntries } from './memory-files'
import type { Memory as StoredMemory } from '../../state/run-file'
import type { Decision } from './decision'
import type { Identity, LazyIdentity } from './identity'
import type { Known, Memory, MemoryOptions, Sighting } from './memory'
import type { MemoryEntry } from './memory-entries'

/** Records whose identity is not hashed yet; their closures keep the records alive. */
const lazyLimit = 1_000

/**
 * Remembers the records at the cursor: a later read begins there, inclusive.
 * Records with a primary key are also remembered for the rest of this read, so that overlapping pages send no record
 * twice; a later version of such a record, at a cursor of its own, is a new record.
 * @throws JobError `state-missing`
 */
export async function openTieMemory(
  stored: StoredMemory,
  { keyed, files, run, cursor, placeOf }: MemoryOptions,
): Promise<Memory> {
  /** Entries at the newest cursor, oldest first. */
  const known = await allEntries(stored, files, keyed)
  const isAtCursor = ({ place }: MemoryEntry) => cursor !== null && place === placeOf(cursor)
  let tail = known.filter(isAtCursor)
  let fresh: { readonly identity: LazyIdentity; readonly decision: Decision }[] = []
  /** Keyless: those at the cursor where the read began; each answers once. */
  let unmatched: MemoryEntry[] = []
  let [tailAt, readsFrom] = [cursor, cursor]
  const table = createVersionTable()
  if (keyed) table.load(known, isAtCursor)

  const placeOfTail = () => (tailAt === null ? 0 : placeOf(tailAt))

  function settle(): void {
    for (const { identity, decision } of fresh) tail.push(entryOf(identity(), decision, placeOfTail()))
    fresh = []
  }

  function moveTo(at: string | null): void {
    ;[tail, fresh, tailAt] = [[], [], at]
    table.nextCursor()
  }

  function amend(identity: LazyIdentity, decision: Decision, { at, recalled }: Sighting): void {
    // This version lies before the one at the cursor, and only the latter can come again.
    if (keyed && at !== tailAt) return
    settle()
    const entry = entryOf(identity(), decision, placeOfTail())
    if (keyed && identity().keyed) table.put(entry)
    const index = tail.findIndex((known) =>
      keyed ? isSameKey(known.words, entry.words) : recalled && isOutdated(known, entry, identity()),
    )
    if (index >= 0 || (!recalled && at === tailAt)) tail[index < 0 ? tail.length : index] = entry
  }

  return {
    amend,
    beginRead() {
      settle()
      unmatched = keyed ? [] : [...tail]
      readsFrom = tailAt
    },
    recall: (identity, at, hasOpenReject = false) =>
      keyed
        ? table.recall(identity, at === tailAt)
        : recallOnce(at === readsFrom ? unmatched : [], identity, hasOpenReject),
    remember(identity, decision, sighting) {
      const { at, isNewest, recalled } = sighting
      if (!keyed && recalled) {
        amend(identity, decision, sighting)
        return
      }
      if (isNewest && at !== tailAt) moveTo(at)
      if (keyed && identity().keyed) table.put(entryOf(identity(), decision, placeOfTail()))
      if (isNewest) fresh.push({ identity, decision })
      if (fresh.length > lazyLimit) settle()
    },
    toCommit({ file, to }) {
      settle()
      tail = tailAt !== to ? [] : keyed ? newestOfEach(tail) : tail
      return storeEntries(tail, tail.length, [], { file, to, run, files, keyed })
    },
  }
}

async function allEntries(
  stored: StoredMemory,
  files: MemoryOptions['files'],
  keyed: boolean,
): Promise<MemoryEntry[]> {
  const entries: MemoryEntry[] = []
  for await (const entry of readEntries(stored, files, keyed)) entries.push(entry)
  return entries
}

/** Two equal events are two events, so an entry matches once and is then removed. */
function recallOnce(unmatched: MemoryEntry[], identity: LazyIdentity, hasOpenReject: boolean): Known | null {
  if (unmatched.length === 0) return null
  const isIt = ({ words, declared }: MemoryEntry) => sameContent(identity(), words, declared)
  const found = hasOpenReject ? entryOfReject(unmatched.filter(isIt)) : unmatched.find(isIt)
  if (!found) return null
  unmatched.splice(unmatched.indexOf(found), 1)
  return { decision: decisionOf(found.decision), same: true, renews: differs(identity(), found.words) }
}

/**
 * Of two equal events, one may have been sent and the other be the open reject. Where the source sent them with
 * different content, they are one record that was not recognised when it was rejected.
 */
function entryOfReject(fitting: readonly MemoryEntry[]): MemoryEntry | undefined {
  const isSent = ({ decision }: MemoryEntry) => decision === decisions.sent
  const sent = fitting.find(isSent)
  return fitting.find((entry) => !isSent(entry) && (!sent || isSameKey(entry.words, sent.words))) ?? sent
}

/** Records by key, with a number that tells whether they lie at the newest cursor. */
function createVersionTable() {
  const table = createKeyTable()
  let cursorNumber = 0

  function nextCursor(): void {
    cursorNumber = (cursorNumber + 1) % 0x100_0000
  }

  function put(entry: MemoryEntry): void {
    table.put({ ...entry, decision: ((cursorNumber << 8) | entry.decision) >>> 0 })
  }

  return {
    nextCursor,
    put,
    /**
     * Entries at other cursors remain from a lookback that was removed, or where the job was continued from an earlier
     * cursor.
     */
    load(entries: readonly MemoryEntry[], isAtCursor: (entry: MemoryEntry) => boolean) {
      for (const entry of entries) if (!isAtCursor(entry)) put(entry)
      nextCursor()
      for (const entry of entries) if (isAtCursor(entry)) put(entry)
    },
    recall(identity: LazyIdentity, isNewest: boolean): Known | null {
      const { words, keyed } = identity()
      const found = keyed ? table.find(words[0], words[1]) : null
      if (!found) return null
      const same = sameContent(identity(), found.words)
      if (!same && !(isNewest && found.decision >>> 8 === cursorNumber)) return null
      const renews = same && differs(identity(), found.words)
      return { decision: decisionOf(found.decision & 0xff), same, renews }
    },
  }
}

export function entryOf(
  { words, keyed, declared }: Identity,
  decision: Decision,
  place: number,
): MemoryEntry {
  const entry = { words, decision: decisions[decision], place }
  return keyed ? entry : { ...entry, declared: declared?.() }
}

/** True for an entry of the same record whose decision or hashes have changed. */
function isOutdated(known: MemoryEntry, entry: MemoryEntry, identity: Identity): boolean {
  const isEqual =
    known.decision === entry.decision && known.words.every((word, index) => word === entry.words[index])
  return !isEqual && sameContent(identity, known.words, known.declared)
}

/** The primary key, or the raw content of a record without one. */
const isSameKey = (a: MemoryEntry['words'], b: MemoryEntry['words']) => a[0] === b[0] && a[1] === b[1]

/** A later decision about a key replaces the one before. */
function newestOfEach(entries: readonly MemoryEntry[]): MemoryEntry[] {
  return [...new Map(entries.map((entry) => [`${entry.words[0]} ${entry.words[1]}`, entry])).values()]
}
