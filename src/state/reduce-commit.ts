import { addCounters } from './counters'
import { withIdentity } from './identities'
import { withDroppedFiles, withNamedFiles } from './run-files-named'
import type { Advance, StateEvent } from './events'
import type { StateDocument } from './state-document'
import type { Backfill, Slice, Work } from './work'

type Committed = Extract<StateEvent, { type: 'committed' }>

/** One commit: cursor, batches, marks, memory, rejects and counters move together, or none of them does. */
export function reduceCommit(document: StateDocument, event: Committed): StateDocument {
  const { identities, index: identity } = withIdentity(document.identities, event.identity)
  const files = withNamedFiles(
    { ...document, outbox: [...document.outbox, ...event.entries.map((entry) => ({ ...entry, identity }))] },
    { rejects: event.rejects, memory: event.memory },
  )
  const moved = advance(files, event.work, event.advance)
  return withDroppedFiles(document, {
    ...moved,
    attempts: 0,
    rowKeys: event.rowKeys ?? null,
    plan: event.plan ?? document.plan,
    commits: document.commits + 1,
    counting: event.counting,
    identities,
    partitioning: event.partitioning,
    partitions: withMarks(document.partitions, event.marks),
    waivers: document.waivers.filter((waiver) => !event.waived.includes(waiver)),
    counters: addCounters(document.counters, {
      ...event.counters,
      slices: event.advance.finished && sliceOf(event.work) ? 1 : 0,
    }),
  })
}

/** Moves the work as far as the commit reaches. */
function advance(document: StateDocument, work: Work, { cursor, ties, finished }: Advance): StateDocument {
  switch (work.kind) {
    case 'incremental':
      return { ...document, cursor: cursor ?? document.cursor }
    case 'slice':
      if (!finished) return document
      return { ...document, watermark: work.slice.to, done: covered(document.done, work.slice) }
    case 'refresh':
      return document
    case 'replay':
      return finished ? withoutBackfill(document, work.replay.name) : document
    case 'backfill':
      return advanceBackfill(document, work.backfill, work.slice, { cursor, ties, finished })
  }
}

function advanceBackfill(
  document: StateDocument,
  backfill: Backfill,
  slice: Slice | null,
  { cursor, ties, finished }: Advance,
): StateDocument {
  if (backfill.mode === 'incremental') {
    return finished
      ? withoutBackfill(document, backfill.name)
      : replaceBackfill(document, { ...backfill, cursor: cursor ?? backfill.cursor, ties })
  }
  if (!finished || !slice) return document
  const done = covered(document.done, slice)
  return slice.to >= backfill.to
    ? { ...withoutBackfill(document, backfill.name), done }
    : { ...replaceBackfill(document, { ...backfill, doneTo: slice.to }), done }
}

export function withoutBackfill(document: StateDocument, name: string): StateDocument {
  return { ...document, backfills: document.backfills.filter((other) => other.name !== name) }
}

function replaceBackfill(document: StateDocument, backfill: Backfill): StateDocument {
  return {
    ...document,
    backfills: document.backfills.map((other) => (other.name === backfill.name ? backfill : other)),
  }
}

function sliceOf(work: Work): Slice | null {
  return work.kind === 'slice' || work.kind === 'backfill' ? work.slice : null
}

/** The ranges with one more, in order; ranges that touch or overlap become one. */
function covered(ranges: readonly Slice[], added: Slice): Slice[] {
  const merged: Slice[] = []
  for (const range of [...ranges, added].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && range.from <= last.to) merged.splice(-1, 1, { ...last, to: Math.max(last.to, range.to) })
    else merged.push({ from: range.from, to: range.to })
  }
  return merged
}

/** Raises the mark of each partition to its newest row; a late row never lowers a mark. */
function withMarks(
  partitions: StateDocument['partitions'],
  marks: Readonly<Record<string, number>>,
): StateDocument['partitions'] {
  const next = { ...partitions }
  for (const [name, mark] of Object.entries(marks)) {
    const before = next[name] ?? { mark: null, notBefore: 0, confirmedAt: null }
    next[name] = { ...before, mark: Math.max(mark, before.mark ?? mark) }
  }
  return next
}
