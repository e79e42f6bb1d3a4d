import { JobError } from '../../errors'
import type {
  CommitSummary,
  Concern,
  Destination,
  DestinationFault,
  ReviewAnswer,
} from '../../destinations/destination'
import type { Job } from '../../definition/job'
import type { Work } from '../../state/work'
import type { FoundKeys } from './row-keys/commit-row-keys'

/**
 * The reasons why a commit waits for a person, and the destination's notes and cost. Without reasons it may be sent.
 */
export interface Review {
  readonly reasons: readonly Concern[]
  readonly notes: readonly string[]
  readonly serverCalls: number | null
}

/**
 * Asks whether a person should see a commit before it is sent: the job's `approval` and `expect`, and the destination's
 * review. Nothing is written before it has answered.
 * @throws JobError `not-authorized`, `not-permitted`, `destination-unreachable` where the destination cannot answer
 */
export async function reviewCommit(
  {
    job,
    destination,
    redact,
  }: {
    readonly job: Pick<Job, 'approval' | 'expect'>
    readonly destination: Pick<Destination, 'review' | 'remedies'>
    readonly redact: (text: string) => string
  },
  { name, work, found }: { readonly name: string; readonly work: Work; readonly found: FoundKeys | null },
  summary: CommitSummary,
  signal: AbortSignal,
): Promise<Review> {
  const expected = [...rowsConcern(job.expect, work, summary.rows), ...deletionsConcern(found)]
  if (summary.rows === 0) return { reasons: expected, notes: [], serverCalls: null }
  const required = job.approval === 'required' ? [approvalRequired] : []
  const answer = await ask(destination, summary, signal)
  if (answer.kind !== 'reviewed') throw unanswered(name, answer, destination, redact)
  return {
    reasons: [...required, ...expected, ...answer.concerns],
    notes: answer.notes,
    serverCalls: answer.cost?.serverCalls ?? null,
  }
}

const approvalRequired: Concern = { code: 'approval', message: 'The job requires an approval.' }

/** Checks `expect`. Backfills and replays have no usual size. */
function rowsConcern(expect: Job['expect'], { kind }: Work, rows: number): readonly Concern[] {
  if (!expect || kind === 'backfill' || kind === 'replay') return []
  const [least, most] = expect.rows
  if (rows >= least && rows <= most) return []
  const message = `The commit has ${rows} rows; the job expects ${least} to ${most}.`
  return [{ code: 'rows-out-of-range', message }]
}

/** So many deletions never wait for a person, unless the read was empty. */
const fewDeletions = 20
const deletionShare = 0.1

/** A source that answers with a part of its records looks like one from which the others vanished. */
function deletionsConcern(found: FoundKeys | null): readonly Concern[] {
  if (!found || found.deleted === 0) return []
  const { deleted, known, isEmptyRead } = found
  if (!isEmptyRead && (deleted <= fewDeletions || deleted <= known * deletionShare)) return []
  const cause = isEmptyRead ? 'the source returned no record' : 'their records are no longer in the source'
  const message = `The commit deletes ${deleted} of the ${known} keys that the job has sent: ${cause}.`
  return [{ code: 'too-many-deletions', message }]
}

/** The destination forgets a token that was refused: the second time it asks with a fresh one. */
async function ask(
  destination: Pick<Destination, 'review'>,
  summary: CommitSummary,
  signal: AbortSignal,
): Promise<ReviewAnswer> {
  if (!destination.review) return { kind: 'reviewed', concerns: [], notes: [] }
  const answer = await destination.review(summary, signal)
  return answer.kind === 'unauthorized' ? destination.review(summary, signal) : answer
}

function unanswered(
  name: string,
  answer: Exclude<ReviewAnswer, { kind: 'reviewed' }>,
  { remedies }: Pick<Destination, 'remedies'>,
  redact: (text: string) => string,
): JobError {
  const code = faultOf(answer)
  const said = 'message' in answer ? redact(answer.message) : 'too many requests'
  return new JobError(
    code,
    `The destination could not be asked about ${name} before it is sent: ${said} Nothing of it was committed.`,
    remedies?.[code] ?? 'A later run reads it again and asks again.',
    { details: { commit: name, answer: answer.kind } },
  )
}

function faultOf({ kind }: Exclude<ReviewAnswer, { kind: 'reviewed' }>): DestinationFault {
  if (kind === 'unauthorized') return 'not-authorized'
  return kind === 'not-permitted' ? 'not-permitted' : 'destination-unreachable'
}
