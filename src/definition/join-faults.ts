import { hasField } from './record-fields'
import type { Job } from './job'
import type { Join } from './join'
import type { Sync } from './sync'

type Parts = Pick<Job, 'joins' | 'sync' | 'record' | 'consent'>

/** The faults of the joins of a job, each with the name of its join. */
export function joinFaults(job: Parts): string[] {
  return Object.entries(job.joins ?? {}).flatMap(([name, join]) =>
    oneJoinFaults(job, name, join).map((fault) => `joins: "${name}" ${fault}`),
  )
}

function oneJoinFaults({ sync, record, consent }: Parts, name: string, join: Join): string[] {
  if (join.faults.length > 0) return join.faults.map((fault) => `has the fault: ${fault}`)
  const isJoined = (path: string) => path === name || path.startsWith(`${name}.`)
  return [
    hasField(record, name, 'in') === 'no' ? 'has no field of that name in the record' : null,
    hasField(record, join.by, 'in') === 'no'
      ? `reads the field "${join.by}", which the record has not`
      : null,
    // Otherwise a change in the second source would make other records of those that were sent.
    [...(sync.primaryKey ?? []), ...cursorPathOf(sync)].some(isJoined)
      ? 'can be part of neither the primary key nor the cursor'
      : null,
    consent && isJoined(consent.field) && !join.changesRecords
      ? 'decides about the consent: it needs "changesRecords", so that a consent that is given later is noticed'
      : null,
    join.changesRecords ? changeFault(sync) : null,
  ].filter((fault) => fault !== null)
}

function cursorPathOf(sync: Sync): string[] {
  return sync.mode !== 'full-refresh' && sync.cursor.kind === 'record' ? [sync.cursor.path] : []
}

function changeFault(sync: Sync): string | null {
  if (sync.primaryKey === null)
    return 'needs a primaryKey for "changesRecords": without one, a changed record is another record'
  const readsAgain =
    sync.mode === 'full-refresh' ||
    sync.lookback !== null ||
    (sync.cursor.kind === 'record' && sync.cursor.notation === 'text')
  return readsAgain ? null : 'has "changesRecords" without effect: no record that was sent is read again'
}
