import { JobError } from '../../errors'
import { createRejectLog } from './reject-log'
import { storeRejectIndex } from './reject-index'
import type { Reject } from '../../destinations/destination'
import type { RejectSegment, Rejects, Waiver } from '../../state/state-document'
import type { CommitContext, CommitOptions } from './commit-options'
import type { ReadRecord } from './read-record'
import type { RejectLog } from './reject-log'
import type { IndexedReject } from './reject-index'

/** A commit with at most this many rejects never fails for them. */
const rejectsAllowed = 20
const rejectShare = 0.1

/** The rejects of one commit: which are new, which replace or close older ones, and whether there are too many. */
export interface CommitRejects {
  readonly byReason: Readonly<Record<string, number>>
  /** Number of new rejects: a record that is rejected again is not counted again. */
  readonly count: number
  /**
   * Returns false where the same reject is stored already.
   * @throws JobError `too-many-rejects` where they no longer fit into memory
   */
  add(record: ReadRecord, reject: Reject, replaces: IndexedReject | null): boolean
  /** Closes a reject whose record is now sent, or left out by `map`. */
  close(healed: IndexedReject): void
  /**
   * A dropped record came again, with other fields or under a corrected schema: its entry takes over the new hashes.
   * Returns true where that must be stored.
   */
  renew(record: ReadRecord, dropped: IndexedReject): boolean
  settle(): Promise<void>
  /**
   * Checks the whole commit against the limit of rejects before any of it can be sent; returns the waiver that it
   * needed.
   * @throws JobError `too-many-rejects`
   */
  assertAcceptable(newRecords: number): readonly Waiver[]
  /** Writes the remaining rejects; returns the value for the document. */
  store(): Promise<Rejects>
}

export function createRejects(
  context: CommitContext,
  { name, aside, rejects: index }: CommitOptions,
): CommitRejects {
  const { state, files, settings, redact } = context
  const before = state.document.rejects
  const byReason: Record<string, number> = {}
  const log = openLog(context, name)
  const isWaived = state.document.waivers.includes('too-many-rejects')
  let count = 0
  let isChanged = false
  let sample = ''

  return {
    byReason,
    get count() {
      return count
    },
    add(record, reject, replaces) {
      const { keyed, words } = record.identity()
      const isSame = replaces !== null && words.every((word, position) => word === replaces.words[position])
      if (isSame) return false
      if (replaces) index.remove(replaces)
      else {
        count += 1
        byReason[reject.code] = (byReason[reject.code] ?? 0) + 1
      }
      const message = redact(reject.message)
      if (sample === '') sample = `${reject.path}: ${message}`
      const line = log.add(record.raw, { ...reject, message })
      const place = record.place() ?? -Infinity
      index.add({ keyed, ...onRequestFlag(reject), words, place, state: 'open', ...line })
      isChanged = true
      if (count > settings.commitRejects && !aside && !isWaived)
        throw tooMany({ name, count, newRecords: null, byReason, sample })
      return true
    },
    close(healed) {
      index.remove(healed)
      isChanged = true
    },
    renew: (record, dropped) => (isChanged = index.renew(dropped, record.identity()) || isChanged),
    settle: () => log.settle(),
    assertAcceptable(newRecords) {
      const isTooMany = count > rejectsAllowed && count > newRecords * rejectShare
      const isOverfull = count > 0 && openIn(index) > settings.openRejects
      if (aside || (!isTooMany && !isOverfull)) return []
      if (isWaived) return ['too-many-rejects']
      throw isTooMany
        ? tooMany({ name, count, newRecords, byReason, sample })
        : overfull(name, settings.openRejects)
    },
    async store() {
      if (!isChanged) return before
      const segments = withOpenCounts([...before.segments, ...(await log.finish())], index)
      const file = `${name}-reject-index.bin`
      return { index: await storeRejectIndex(index.entries, file, state.run, files), segments }
    },
  }
}

/** Sending it adds to what was sent of the same record or of the same row: a person decides. */
function onRequestFlag({ code }: Reject): { readonly onRequest?: true } {
  return code === 'changed' || code === 'row-repeated' ? { onRequest: true } : {}
}

function openLog({ state, files }: CommitContext, commit: string): RejectLog {
  const { segments } = state.document.rejects
  return createRejectLog({
    ...{ commit, run: state.run, files, storeNow: () => state.storeClock.now() },
    firstSegment: Math.max(0, ...segments.map(({ id }) => id)) + 1,
  })
}

function openIn({ entries }: CommitOptions['rejects']): number {
  let open = 0
  for (const { state } of entries) if (state === 'open') open += 1
  return open
}

/** Segments without an open reject are not named any more. */
function withOpenCounts(
  segments: readonly RejectSegment[],
  { entries }: CommitOptions['rejects'],
): RejectSegment[] {
  const open = new Map<number, number>()
  for (const { segment, state } of entries) {
    if (state === 'open') open.set(segment, (open.get(segment) ?? 0) + 1)
  }
  return segments.flatMap((segment) => {
    const count = open.get(segment.id)
    return count === undefined ? [] : [{ ...segment, open: count }]
  })
}

function tooMany(facts: {
  readonly name: string
  readonly count: number
  /** Null where the commit was not read to its end. */
  readonly newRecords: number | null
  readonly byReason: Readonly<Record<string, number>>
  readonly sample: string
}): JobError {
  const { name, count, newRecords, byReason, sample } = facts
  const worst = Object.entries(byReason).sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'none'
  return new JobError(
    'too-many-rejects',
    `${count} of ${newRecords ?? 'the first'} new records of ${name} cannot become rows, most of them for ${worst}. Nothing of it was sent.`,
    'Compare some records with the job definition (dryRun=true shows them), correct the mapping or the source, and run again. To take the commit as it is: resolve=too-many-rejects as=continue.',
    { details: { commit: name, rejects: count, worst, sample } },
  )
}

function overfull(name: string, limit: number): JobError {
  return new JobError(
    'too-many-rejects',
    `With those of ${name}, more than ${limit} rejects are open. Nothing of it was sent.`,
    'Resolve the earlier ones (resolve=rejects as=resend, or resolve=rejects as=drop), correct the mapping or the source, and run again. To take the commit as it is: resolve=too-many-rejects as=continue.',
    { details: { commit: name, limit } },
  )
}
