import { decisions } from './decision'
import { createKeyTable } from './key-table'
import { createEntryLog } from './memory-entries'
import { readEntries, storeEntries } from './memory-files'
import type { Memory as StoredMemory } from '../../state/run-file'
import type { RunFiles } from '../run-files'
import type { Reach } from './memory'
import type { EntryLog, MemoryEntry } from './memory-entries'

export interface DropOptions {
  readonly reach: Reach
  readonly keyed: boolean
  /** As of `MemoryOptions`. */
  readonly lookback: number | null
  readonly files: Pick<RunFiles, 'read' | 'add'>
  /** Name of the file of entries, where one is needed. */
  readonly file: string
  readonly run: string
}

/**
 * The deduplication index after the rows of a commit were dropped. Records that were sent by an earlier commit stay known
 * as sent; those that this commit alone would have sent are known as dropped, so that only other content is new.
 * @param before the index without the commit
 * @param after the index with it
 * @throws JobError `state-missing`
 */
export async function dropRecords(
  before: StoredMemory,
  after: StoredMemory,
  { reach, keyed, lookback, files, file, run }: DropOptions,
): Promise<StoredMemory> {
  if (reach === 'none') return after
  const old = new Set(before.segments.map(pathOf))
  const added = { ...after, segments: after.segments.filter((segment) => !old.has(pathOf(segment))) }
  const wasSent = keyed
    ? await sentKeys(before, files, reach === 'ties' ? 0 : lookback)
    : await sentEvents(before, files)
  const decided = keyed ? createEntryLog() : eventList()
  for await (const entry of readEntries(added, files, keyed)) {
    const isDropped = entry.decision === decisions.sent && !wasSent(entry)
    decided.push(isDropped ? { ...entry, decision: decisions.dropped } : entry)
  }
  const kept = after.segments.filter((segment) => old.has(pathOf(segment)))
  const to = added.segments.at(-1)?.to ?? ''
  return storeEntries(decided.entries(), decided.size, kept, { file, to, keyed, run, files })
}

type WasSent = (entry: MemoryEntry) => boolean

/** By primary key. A version further ahead than the lookback was decided as a new record. */
async function sentKeys(
  before: StoredMemory,
  files: DropOptions['files'],
  lookback: number | null,
): Promise<WasSent> {
  const table = createKeyTable()
  for await (const entry of readEntries(before, files, true)) table.put(entry)
  return ({ words, place }) => {
    const known = table.find(words[0], words[1])
    if (known?.decision !== decisions.sent) return false
    const isSame = known.words[2] === words[2] || known.words[3] === words[3]
    return isSame || (lookback !== null && place - known.place <= lookback)
  }
}

/** By content: each event that was sent before matches one of its equals. */
async function sentEvents(before: StoredMemory, files: DropOptions['files']): Promise<WasSent> {
  const unused = new Set<MemoryEntry>()
  const byContent = new Map<string, MemoryEntry[]>()
  for await (const event of readEntries(before, files, false)) {
    if (event.decision !== decisions.sent) continue
    unused.add(event)
    for (const content of contentsOf(event)) {
      const equals = byContent.get(content)
      if (equals) equals.push(event)
      else byContent.set(content, [event])
    }
  }
  return (entry) => {
    const equals = contentsOf(entry).flatMap((content) => byContent.get(content) ?? [])
    const event = equals.find((other) => unused.has(other))
    return event !== undefined && unused.delete(event)
  }
}

/** Raw, parsed and declared content; each of them makes it the same event. */
function contentsOf({ words: [a, b, c, d], declared }: MemoryEntry): readonly string[] {
  const parsed = [[c, d], declared ?? [0, 0]].filter(([first]) => first !== 0)
  return [`raw ${a} ${b}`, ...parsed.map(([first, second]) => `parsed ${first} ${second}`)]
}

/** A list of the few events at one cursor, which have more members than an entry log stores. */
function eventList(): Pick<EntryLog, 'size' | 'push' | 'entries'> {
  const events: MemoryEntry[] = []
  return {
    get size() {
      return events.length
    },
    push: (event) => void events.push(event),
    entries: () => events,
  }
}

function pathOf({ run, file }: StoredMemory['segments'][number]): string {
  return `${run}/${file}`
}
