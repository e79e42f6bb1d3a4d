import { createHash } from 'node:crypto'
import type { CommitSummary, DestinationIdentity } from '../../destinations/destination'
import type { EntryIn, Span } from '../../state/outbox-entry'
import type { Plan } from '../../state/plan'
import type { Memory, RowKeys } from '../../state/run-file'
import type { Review } from './review-commit'

type Staged = EntryIn<'staged'>

export interface PlannedCommit {
  readonly job: string
  readonly run: string
  readonly commit: number
  /** On the store's clock. */
  readonly storeNow: number
  readonly entries: readonly Staged[]
  readonly summary: CommitSummary
  readonly review: Review
  readonly sample: readonly string[]
  readonly identity: DestinationIdentity
  readonly memoryBefore: Memory
  readonly rowKeysBefore: RowKeys | null
}

/** The plan of a commit that waits for a person. */
export function makePlan(planned: PlannedCommit): Plan {
  const { run, commit, storeNow, summary, review, sample, identity, memoryBefore, rowKeysBefore } = planned
  const { rows, batches, span } = summary
  return {
    ...{ id: planId(planned), run, commit, createdAt: storeNow },
    reasons: [...review.reasons],
    ...{ rows, batches, span },
    target: `${identity.kind} ${identity.target}`,
    serverCalls: review.serverCalls,
    notes: [...review.notes],
    sample: [...sample],
    memoryBefore,
    rowKeysBefore,
    decision: null,
  }
}

/** Changes with the batches, their order and every byte of their text. */
function planId({ job, commit, entries }: PlannedCommit): string {
  const hash = createHash('sha256').update(`${job} ${commit}\n`)
  for (const { id, contentSha256 } of entries) hash.update(`${id} ${contentSha256}\n`)
  return hash.digest('hex')
}

/** From the first row of all batches to the last; null where rows have no time. */
export function spanOf(entries: readonly Staged[]): Span | null {
  const spans = entries.flatMap(({ span }) => span ?? [])
  return spans.reduce<Span | null>(
    (all, { first, last }) =>
      all ? { first: Math.min(all.first, first), last: Math.max(all.last, last) } : { first, last },
    null,
  )
}
