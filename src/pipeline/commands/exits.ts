import { JobError } from '../../errors'
import { dueWork, workName } from '../work'
import type { JobErrorCode } from '../../errors'
import type { Job } from '../../definition/job'
import type { StateDocument } from '../../state/state-document'
import type { Work } from '../../state/work'

/**
 * How a job gets on after an error:
 * `later`: a later run tries again, and succeeds once the cause has passed;
 * `setup`: a person mends an input, a credential, the definition or the stored files, as the error says;
 * `request`: nothing is blocked, only this request was refused;
 * `batch`: a person decides about a batch; `waive`: a person lifts the block once; `continue`: a person states where the
 * changed definition goes on; `leave-out`: a person may give up the piece of work that fails; `aside`: of all work
 * only a backfill or replay may be given up for that, because it would be lost for nothing.
 */
type Exit = 'later' | 'setup' | 'request' | 'batch' | 'waive' | 'continue' | 'leave-out' | 'aside'

export const exits: Readonly<Record<JobErrorCode, Exit>> = {
  'params-invalid': 'request',
  'job-unknown': 'request',
  'job-invalid': 'setup',
  'input-missing': 'setup',
  'input-invalid': 'setup',
  'definition-changed': 'continue',
  'source-unreachable': 'aside',
  'source-refused': 'leave-out',
  'source-malformed': 'leave-out',
  'source-order': 'waive',
  'source-outside-slice': 'leave-out',
  'source-drift': 'leave-out',
  'join-unusable': 'setup',
  'slice-too-large': 'leave-out',
  'too-many-rejects': 'waive',
  'token-not-configured': 'setup',
  'token-refused': 'setup',
  'token-unavailable': 'later',
  'needs-reauth': 'setup',
  'consent-declined': 'request',
  'consent-invalid': 'request',
  'caller-unauthorized': 'request',
  'caller-forbidden': 'request',
  'not-authorized': 'setup',
  'not-permitted': 'setup',
  'destination-unreachable': 'later',
  'target-unresolved': 'setup',
  'batch-held': 'batch',
  'no-progress': 'setup',
  'arrival-missing': 'request',
  'lease-lost': 'later',
  'state-missing': 'aside',
  'state-corrupt': 'setup',
  'store-unreachable': 'later',
  'store-refused': 'setup',
  'secret-in-state': 'leave-out',
  'webhook-unreachable': 'request',
  'webhook-refused': 'request',
  'row-invalid': 'leave-out',
  'action-unavailable': 'request',
  unexpected: 'leave-out',
}

/** The error with the command that leads out of the block, unless its remedy names that already. */
export function withExit(
  error: JobError,
  job: Pick<Job, 'sync'>,
  document: StateDocument,
  storeNow: number,
): JobError {
  const exit = exitText(error.code, blockedWork(error, job, document, storeNow))
  const target = exit && /resolve=[^\s.]+/.exec(exit)?.[0]
  if (!exit || !target || error.remedy.includes(target)) return error
  const { code, message, remedy, cause, details } = error
  return new JobError(code, message, `${remedy} ${exit}`, {
    details,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Names in the error the work whose extraction it ended. */
export function ofWork(error: JobError, work: Work): JobError {
  const { code, message, remedy, cause, details } = error
  return new JobError(code, message, remedy, {
    details: { ...details, work: workName(work) },
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The work that the error is about: work that fails stays due. Without its name in the error, the first that is due. */
function blockedWork(
  { details }: JobError,
  job: Pick<Job, 'sync'>,
  document: StateDocument,
  storeNow: number,
): Work | null {
  try {
    const due = dueWork(job, document, storeNow)
    return due.find((work) => workName(work) === details.work) ?? due[0] ?? null
  } catch {
    // A faulty schedule has no next work.
    return null
  }
}

/** @param work the piece that failed; null where nothing is due */
export function exitText(code: JobErrorCode, work: Work | null): string | null {
  const instead = work && leaveOut(work)
  switch (exits[code]) {
    case 'batch':
      return 'Decide about each batch: resolve=<batch> as=sent, as=resend or as=drop.'
    case 'waive':
      return [`If that is right this once: resolve=${code} as=continue.`, instead].filter(Boolean).join(' ')
    case 'continue':
      return 'Go on with resolve=definition as=continue from=<where>.'
    case 'leave-out':
      return instead
    case 'aside':
      return work && isAside(work) ? instead : null
    default:
      return null
  }
}

function isAside({ kind }: Work): boolean {
  return kind === 'backfill' || kind === 'replay'
}

/** A full refresh has no part that can be left out: its source must be corrected. */
function leaveOut(work: Work): string | null {
  switch (work.kind) {
    case 'slice':
      return `To leave this slice out for good: resolve=${workName(work)} as=drop.`
    case 'backfill':
    case 'replay':
      return `To end it where it stands: resolve=${workName(work)} as=drop.`
    case 'incremental':
      return 'To leave out the records that block the job: resolve=definition as=continue from=<a cursor after them>.'
    case 'refresh':
      return null
  }
}
