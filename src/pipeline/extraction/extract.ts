import { countingOf } from '../definition'
import { commitName, isOpenEnded } from '../work'
import { noMemory } from '../../state/run-file'
import { waitForRoom } from './backpressure'
import { openCommit } from './commit'
import { canonicalInstant } from './cursor-value'
import { createIntake } from './intake'
import { openMemory } from './memory'
import { forgetsBefore, planRead } from './read-plan'
import type { Cursor, Work } from '../../state/work'
import type { RunContext } from '../run-context'
import type { Commit } from './commit'
import type { ExtractionControl } from './extraction'
import type { Memory } from './memory'
import type { ReadPlan } from './read-plan'
import type { RejectIndex } from './reject-index'

export type ExtractContext = Pick<
  RunContext,
  | 'job'
  | 'source'
  | 'destination'
  | 'settings'
  | 'state'
  | 'files'
  | 'scratch'
  | 'redact'
  | 'deadline'
>

/** How reading one piece of work ended. */
export interface ExtractEnd {
  readonly kind: 'finished' | 'deadline' | 'held'
  /** True where a commit had new records and each of them was rejected. */
  readonly allRejected: boolean
}

/** What the reads of one run share. */
export interface Recollection {
  readonly memory: Memory
  readonly rejects: RejectIndex
}

/**
 * Pages → records → rows + rejects → batches → commit.
 * A source with cursors commits at a page end as soon as a batch is full; other work is one commit.
 * @throws JobError of the source, `source-order`, `source-outside-slice`, `too-many-rejects`, `slice-too-large`
 */
export async function extract(
  context: ExtractContext,
  control: ExtractionControl,
  work: Work,
  { memory, rejects }: Recollection,
): Promise<ExtractEnd> {
  const { job, destination, deadline, settings } = context
  memory.beginRead()
  rejects.beginRead()
  const plan = planRead(context, work, rejects)
  const ownMemory = await openOwnMemory(context, work, plan.start)
  const intake = createIntake({
    job,
    format: destination.format,
    scope: plan.scope,
    memory,
    ownMemory,
    rejects,
    force: work.kind === 'backfill' && work.backfill.force,
    replay: work.kind === 'replay',
  })
  const progress = followProgress(context, work, plan, { memory, ownMemory, rejects })
  try {
    for await (const page of plan.pages(control.signal)) {
      let isBeyond = false
      for (const raw of page.records) {
        const taken = intake(raw)
        if (taken.verdict.kind === 'beyond') isBeyond = true
        progress.commit.take(taken, plan.position?.take(taken) ?? false)
      }
      await progress.commit.settle()
      control.signal.throwIfAborted()
      if (isBeyond) break

      progress.pageEnds(page.cursor)
      const inTime = deadline.fits(settings.sendTimeoutMs + settings.reserveMs) && !control.isClosing()
      if (plan.commitsPages && (!inTime || progress.commit.isFull(page.records.length))) {
        await progress.write(false)
        const room = inTime ? await waitForRoom(context, control) : 'closing'
        if (room === 'held') return progress.end('held')
      }
      if (!inTime) return progress.end('deadline')
    }
    await progress.write(true)
    return progress.end('finished')
  } finally {
    await progress.commit.dispose()
  }
}

/** What a backfill decided itself is never overridden by its force. */
function openOwnMemory(
  { files, state, job }: ExtractContext,
  work: Work,
  start: Cursor | null,
): Promise<Memory | null> {
  if (work.kind !== 'backfill') return Promise.resolve(null)
  const isIncremental = work.backfill.mode === 'incremental'
  const own = openMemory(isIncremental ? work.backfill.ties : noMemory, {
    reach: isIncremental ? 'ties' : 'none',
    keyed: job.sync.primaryKey !== null,
    files,
    run: state.run,
    cursor: start?.at ?? null,
    placeOf: () => 0,
    lookback: Infinity,
  })
  return own.then((memory) => {
    memory.beginRead()
    return memory
  })
}

interface Progress {
  /** The commit in work. */
  readonly commit: Commit
  /** @param pageCursor where the source goes on, where its pages carry that */
  pageEnds(pageCursor: string | undefined): void
  /** Commits what was taken and opens the next commit; only counts it where there is nothing to remember. */
  write(finished: boolean): Promise<void>
  end(kind: ExtractEnd['kind']): ExtractEnd
}

function followProgress(
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
