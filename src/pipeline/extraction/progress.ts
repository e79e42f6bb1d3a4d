import { JobError } from '../../errors'
import { waitingPlan } from '../../state/plan'
import { countingOf } from '../definition'
import { commitName, isOpenEnded } from '../work'
import { openCommit } from './commit'
import { canonicalInstant } from './cursor-value'
import { forgetsBefore } from './read-plan'
import type { Page } from '../../sources/source'
import type { Cursor, Work } from '../../state/work'
import type { Commit } from './commit'
import type { ExtractContext, ExtractEnd, Recollection } from './extract'
import type { Memory } from './memory'
import type { ReadPlan } from './read-plan'

/** The commits of one piece of work, one after the other. */
export interface Progress {
  /** The commit in work. */
  readonly commit: Commit
  /** True where another page of `rowsAhead` rows should go into the next commit. */
  isFull(rowsAhead: number): boolean
  /** Moves to the end of a page whose records were all taken. */
  pageEnds(page: Page): void
  /** Commits the records taken and opens the next commit; only counts them where there is nothing to remember. */
  write(finished: boolean): Promise<void>
  /** `held` instead where a commit became a plan. */
  end(kind: ExtractEnd['kind']): ExtractEnd
}

/** Follows a piece of work from page to page and from commit to commit. */
export function followProgress(
  context: ExtractContext,
  work: Work,
  plan: ReadPlan,
  { memory, ownMemory, rejects }: Recollection & { readonly ownMemory: Memory | null },
  signal: AbortSignal,
): Progress {
  const { state, job, source, destination } = context
  const counting = countingOf(job, source, destination)
  let pageCursor: Cursor | null = null
  let committed = plan.start
  let [allRejected, notes]: [boolean, readonly string[]] = [false, []]
  let commit = open()

  function open(): Commit {
    return openCommit(context, {
      name: commitName(work, state.document.commits),
      work: currentWork(context, work),
      counting,
      generation: 'backfill' in work ? work.backfill.generation : state.document.generation,
      aside: work.kind === 'backfill' || work.kind === 'replay',
      sorts: plan.sorts,
      ...{ memory, ownMemory, rejects, signal },
    })
  }

  /** False for a read of which nothing must be remembered: it is only counted. */
  function mustCommit(cursor: Cursor | null, finished: boolean): boolean {
    const moved = job.sync.mode === 'incremental' && cursor?.at !== committed?.at
    return commit.hasNews || moved || (finished && !isOpenEnded(work))
  }

  async function write(finished: boolean): Promise<void> {
    // A source that hands out cursors with its pages may have nothing new.
    const cursor = pageCursor ?? plan.position?.cursor() ?? committed
    if (mustCommit(cursor, finished)) {
      const said = await commit.write({
        finished,
        cursor: work.kind === 'replay' ? null : cursor,
        reachedTo: reachedBy(context, work, cursor),
        ownTo: cursor?.at ?? '',
        isForgotten: forgetsBefore(context, work, cursor),
        waived: plan.position?.neededWaiver() ? ['source-order'] : [],
      })
      notes = [...new Set([...notes, ...said])].slice(0, mostNotes)
      allRejected ||= commit.allRejected
      committed = cursor
    } else {
      state.later({ type: 'counted', counters: commit.counters })
    }
    await commit.dispose()
    commit = open()
  }

  return {
    get commit() {
      return commit
    },
    isFull: (rowsAhead) => !isOneCommit(job) && commit.isFull(rowsAhead),
    pageEnds(page) {
      pageCursor = cursorAfter(job, work, page)
    },
    write,
    end: (kind) => ({ kind: waitingPlan(state.document) ? 'held' : kind, allRejected, notes }),
  }
}

/** Of the commits of one read. */
const mostNotes = 10

/** A person approves what a run reads, or its rows are counted, as a whole. */
function isOneCommit({ approval, expect }: ExtractContext['job']): boolean {
  return approval !== undefined || expect !== undefined
}

/** Null where records carry the cursor. @throws JobError `source-malformed` for a page without a cursor */
function cursorAfter({ name, sync }: ExtractContext['job'], work: Work, page: Page): Cursor | null {
  const pagesCarryIt = sync.mode === 'incremental' && sync.cursor.kind === 'page' && work.kind !== 'replay'
  if (!pagesCarryIt) return null
  if (page.cursor !== undefined) return { at: page.cursor, since: page.cursor }
  throw new JobError(
    'source-malformed',
    `The source of the job "${name}" sent a page of ${page.records.length} records without a cursor, so the next run would read them again.`,
    'A source for `pageCursor()` must return with every page the cursor that resumes after it.',
  )
}

/** A backfill as the document has it now: its earlier commits moved it. */
function currentWork({ state }: ExtractContext, work: Work): Work {
  if (work.kind !== 'backfill') return work
  const now = state.document.backfills.find(({ name }) => name === work.backfill.name)
  return now?.kind === 'backfill' ? { ...work, backfill: now } : work
}

/** Canonical cursor up to which the memory of the ordinary read reaches after this commit. */
function reachedBy({ state }: ExtractContext, work: Work, cursor: Cursor | null): string {
  if (work.kind === 'slice') return canonicalInstant(work.slice.to)
  if (work.kind === 'incremental') return cursor?.at ?? ''
  const { watermark } = state.document
  return state.document.cursor?.at ?? (watermark === null ? '' : canonicalInstant(watermark))
}
