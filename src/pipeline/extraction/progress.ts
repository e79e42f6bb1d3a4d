import { countingOf } from '../definition'
import { commitName, isOpenEnded } from '../work'
import { openCommit } from './commit'
import { canonicalInstant } from './cursor-value'
import { forgetsBefore } from './read-plan'
import type { Cursor, Work } from '../../state/work'
import type { Commit } from './commit'
import type { ExtractContext, ExtractEnd, Recollection } from './extract'
import type { Memory } from './memory'
import type { ReadPlan } from './read-plan'

/** The commits of one piece of work, one after the other. */
export interface Progress {
  /** The commit in work. */
  readonly commit: Commit
  /** @param pageCursor where the source goes on, where its pages carry that */
  pageEnds(pageCursor: string | undefined): void
  /** Commits what was taken and opens the next commit; only counts it where there is nothing to remember. */
  write(finished: boolean): Promise<void>
  end(kind: ExtractEnd['kind']): ExtractEnd
}

/** Follows a piece of work from page to page and from commit to commit. */
export function followProgress(
  context: ExtractContext,
  work: Work,
  plan: ReadPlan,
  { memory, ownMemory, rejects }: Recollection & { readonly ownMemory: Memory | null },
): Progress {
  const { state, job, source } = context
  const counting = countingOf(job, source)
  let pageCursor: Cursor | null = null
  let committed = plan.start
  let allRejected = false
  let commit = open()

  function open(): Commit {
    return openCommit(context, {
      name: commitName(work, state.document.commits),
      work: currentWork(context, work),
      counting,
      generation: 'backfill' in work ? work.backfill.generation : state.document.generation,
      aside: work.kind === 'backfill' || work.kind === 'replay',
      sorts: plan.sorts,
      waived: plan.waived,
      memory,
      ownMemory,
      rejects,
    })
  }

  async function write(finished: boolean): Promise<void> {
    const cursor = pageCursor ?? plan.position?.cursor() ?? null
    const moved = job.sync.mode === 'incremental' && cursor?.at !== committed?.at
    const mustCommit = commit.hasNews || moved || plan.waived.length > 0 || (finished && !isOpenEnded(work))
    if (!mustCommit) {
      state.later({ type: 'counted', counters: commit.counters })
    } else {
      await commit.write({
        finished,
        cursor: work.kind === 'replay' ? null : cursor,
        reachedTo: reachedBy(context, work, cursor),
        ownTo: cursor?.at ?? '',
        isForgotten: forgetsBefore(context, work, cursor),
      })
      allRejected ||= commit.allRejected
      committed = cursor
    }
    await commit.dispose()
    commit = open()
  }

  return {
    get commit() {
      return commit
    },
    pageEnds(next) {
      if (next !== undefined) pageCursor = { at: next, since: next }
    },
    write,
    end: (kind) => ({ kind, allRejected }),
  }
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
