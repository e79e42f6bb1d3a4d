import { JobError } from '../../../errors'
import { createCommitRowKeys } from './commit-row-keys'
import type { Job } from '../../../definition/job'
import type { CommitContext, CommitOptions } from '../commit-options'
import type { CommitRowKeys, FoundKeys } from './commit-row-keys'

/** True where the keys of records that vanish are deleted. */
export function deletesKeys({ sync }: Pick<Job, 'sync'>): boolean {
  return sync.mode === 'full-refresh' && sync.onVanished === 'delete-key'
}

/** Null where the job deletes no keys. @throws JobError `job-invalid` where the destination cannot delete any */
export function openRowKeys(
  { job, destination, state, files, scratch }: CommitContext,
  { name, work, memory }: Pick<CommitOptions, 'name' | 'work' | 'memory'>,
): CommitRowKeys | null {
  if (!deletesKeys(job) || !memory.presence) return null
  if (!destination.format.deletion) throw noDeletions(job.name)
  return createCommitRowKeys({
    ...{ name: `${name}-keys.bin`, run: state.run, files, scratch },
    ...{ before: state.document.rowKeys, presence: memory.presence, isWhole: work.kind === 'refresh' },
  })
}

/** What the report says of keys beside their number. */
export function rowKeyNotes({ unnamed, isUncertain }: FoundKeys): readonly string[] {
  return [
    ...(unnamed > 0
      ? [
          `${unnamed} records vanished from the source before the job recorded their keys: these keys stay at the destination.`,
        ]
      : []),
    ...(isUncertain
      ? [
          'A record came without a readable primary key and may be any of those that are missing, so no key was deleted.',
        ]
      : []),
  ]
}

function noDeletions(job: string): JobError {
  return new JobError(
    'job-invalid',
    `The job "${job}" deletes the keys of records that vanish, and its destination deletes none.`,
    "Leave out `onVanished`, or set it to 'keep'.",
  )
}
