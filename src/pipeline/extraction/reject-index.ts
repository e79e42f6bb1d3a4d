import { JobError } from '../../errors'
import { decisions } from './decision'
import { differs, sameContent } from './identity'
import type { Rejects, StateDocument } from '../../state/state-document'
import type { RunFiles } from '../run-files'
import type { Identity, LazyIdentity, Words } from './identity'

/** An open reject, which may heal or be replayed; or a dropped one, whose identity stays known. */
export interface IndexedReject {
  readonly keyed: boolean
  /**
   * Another content of the record, or another row of its key, was sent before: only a replay sends this content, however
   * far the memory reaches.
   */
  readonly onRequest?: true
  readonly words: Words
  /**
   * Place of its cursor, as a number: an earlier version of a record neither heals nor replaces the reject of a later
   * one.
   */
  readonly place: number
  readonly state: 'open' | 'dropped'
  /** Id of the segment and number of the line that hold the record; 0 where it is dropped. */
  readonly segment: number
  readonly line: number
}

/** Finds rejects by the identity of a record that comes again. */
export interface RejectIndex {
  readonly entries: ReadonlySet<IndexedReject>
  /** A new read begins: each reject may come once more. */
  beginRead(): void
  /**
   * Without a primary key each reject answers once per read, because two equal events are two events.
   * @param place of the record's cursor; Infinity where it has none
   */
  find(
    identity: LazyIdentity,
    place: () => number,
  ): { readonly reject: IndexedReject; readonly same: boolean } | null
  add(reject: IndexedReject): void
  remove(reject: IndexedReject): void
  /** Updates an entry with the present hashes of its record; false where none differs. */
  renew(reject: IndexedReject, identity: Identity): boolean
}

/** The most dropped identities that are remembered; the oldest are removed first. */
const droppedLimit = 100_000
/** Four words of identity, state, kind of identity, segment and line: 32 bits each. Place: 64 bits. */
const entryBytes = 40
const keyedFlag = 1
const onRequestFlag = 2

/** Loads the index. Entries of segments that are no longer named have expired. @throws JobError `state-missing` */
export async function openRejectIndex(
  { index, segments }: Rejects,
  files: Pick<RunFiles, 'read'>,
): Promise<RejectIndex> {
  if (!index) return createRejectIndex([])
  const bytes = await files.read(index.run, index.file)
  if (!bytes) throw indexMissing(index.run, index.file)
  const named = new Set(segments.map(({ id }) => id))
  return createRejectIndex(
    decode(bytes).filter(({ state, segment }) => state === 'dropped' || named.has(segment)),
  )
}

export function createRejectIndex(stored: readonly IndexedReject[]): RejectIndex {
  const entries = new Set<IndexedReject>(stored)
  const byWords = new Map<string, IndexedReject[]>()
  for (const entry of stored) enter(entry)
  const answered = new Set<IndexedReject>()

  function enter(entry: IndexedReject): void {
    for (const name of namesOf(entry)) {
      const sameName = byWords.get(name)
      if (sameName) sameName.push(entry)
      else byWords.set(name, [entry])
    }
  }

  function add(entry: IndexedReject): void {
    entries.add(entry)
    enter(entry)
    // A reject of this read matches only in the next read.
    if (!entry.keyed) answered.add(entry)
  }

  return {
    entries,
    beginRead: () => answered.clear(),
    find(lazily, place) {
      if (entries.size === 0) return null
      const identity = lazily()
      const candidates = namesOf(identity)
        .flatMap((name) => byWords.get(name) ?? [])
        .filter((entry) => entry.keyed === identity.keyed && !answered.has(entry) && entries.has(entry))
      const same = candidates.find(({ words }) => sameContent(identity, words))
      const found = same ?? candidates.find((entry) => entry.state === 'open' && entry.place <= place())
      if (!found) return null
      if (!found.keyed) answered.add(found)
      return { reject: found, same: found === same }
    },
    add,
    remove: (entry) => entries.delete(entry),
    renew(entry, identity) {
      if (!differs(identity, entry.words)) return false
      entries.delete(entry)
      add({ ...entry, words: identity.words })
      return true
    },
  }
}

/** By key, or by any of the contents. */
function namesOf({ keyed, words: [a, b, c, d], declared }: Identity): readonly string[] {
  if (keyed) return [`k ${a} ${b}`]
  const hashed = declared?.()
  return [
    `r ${a} ${b}`,
    ...(c === 0 ? [] : [`p ${c} ${d}`]),
    ...(hashed ? [`p ${hashed[0]} ${hashed[1]}`] : []),
  ]
}

/** Writes the index as a new file of this run; null where nothing is left to remember. */
export async function storeRejectIndex(
  entries: Iterable<IndexedReject>,
  file: string,
  run: string,
  files: Pick<RunFiles, 'add'>,
): Promise<Rejects['index']> {
  const all = [...entries]
  const dropped = all.filter(({ state }) => state === 'dropped').slice(-droppedLimit)
  const kept = [...dropped, ...all.filter(({ state }) => state === 'open')]
  if (kept.length === 0) return null
  await files.add(file, encode(kept))
  return { run, file }
}

/** Gives every open reject up: only changed content of it is new again. Returns what the document is to say. */
export async function dropRejects(
  document: Pick<StateDocument, 'rejects'>,
  file: string,
  run: string,
  files: Pick<RunFiles, 'read' | 'add'>,
): Promise<Rejects> {
  const open = await openRejectIndex(document.rejects, files).catch((error: unknown) => {
    // A lost index must not block the command that ends the block; its entries are forgotten.
    if (error instanceof JobError && error.code === 'state-missing') return createRejectIndex([])
    throw error
  })
  const dropped = [...open.entries].map((entry) => ({
    ...entry,
    state: 'dropped' as const,
    segment: 0,
    line: 0,
  }))
  return { index: await storeRejectIndex(dropped, file, run, files), segments: [] }
}

function encode(entries: readonly IndexedReject[]): Buffer {
  const bytes = Buffer.alloc(entries.length * entryBytes)
  let at = 0
  for (const { words, keyed, onRequest, place, state, segment, line } of entries) {
    for (const word of words) at = bytes.writeUInt32LE(word, at)
    at = bytes.writeUInt32LE(state === 'dropped' ? decisions.dropped : decisions.rejected, at)
    at = bytes.writeUInt32LE((keyed ? keyedFlag : 0) | (onRequest ? onRequestFlag : 0), at)
    at = bytes.writeUInt32LE(segment, at)
    at = bytes.writeUInt32LE(line, at)
    at = bytes.writeDoubleLE(place, at)
  }
  return bytes
}

function decode(bytes: Buffer): IndexedReject[] {
  const entries: IndexedReject[] = []
  for (let at = 0; at + entryBytes <= bytes.length; at += entryBytes) {
    const word = (index: number) => bytes.readUInt32LE(at + index * 4)
    entries.push({
      words: [word(0), word(1), word(2), word(3)],
      state: word(4) === decisions.dropped ? 'dropped' : 'open',
      keyed: (word(5) & keyedFlag) !== 0,
      ...((word(5) & onRequestFlag) === 0 ? {} : { onRequest: true }),
      segment: word(6),
      line: word(7),
      place: bytes.readDoubleLE(at + 32),
    })
  }
  return entries
}

function indexMissing(run: string, file: string): JobError {
  return new JobError(
    'state-missing',
    `The index of rejects is gone: ${file} of the run ${run} is not in the store.`,
    'Restore the file, or give the rejects up with resolve=rejects as=drop.',
    { details: { run, file } },
  )
}
