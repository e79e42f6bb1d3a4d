import { toConfirmed, toDoubt, toHeld, toStaged, withoutEntry } from '../transitions'
import type { JobError } from '../../errors'
import type { Hold, OutboxEntry } from '../../state/state-document'
import type { GroupContext } from './group-context'

/** The ways a step can end. Each writes what became of the batch and returns how long its group waits, in ms. */

export async function confirm(
  context: GroupContext,
  entry: OutboxEntry,
  by: 'answer' | 'lookup',
): Promise<number> {
  const { state, destination, log } = context
  const now = state.storeClock.now()
  await state.write(toConfirmed(entry, by, now, now + destination.restMs(entry.rows)))
  log.info('Batch confirmed.', { batch: entry.key, group: entry.group, rows: entry.rows, by })
  return remove(context, entry)
}

/** File first, entry second: so neither is ever forgotten. */
export async function remove({ files, state }: GroupContext, entry: OutboxEntry): Promise<number> {
  await files.delete(entry.run, entry.file)
  state.later(withoutEntry(entry.key))
  return 0
}

export async function hold(
  { state, log }: GroupContext,
  entry: OutboxEntry,
  code: Hold['code'],
  message: string,
  invalidRows = 0,
): Promise<number> {
  log.error('A batch is held for a person.', { batch: entry.key, code, message })
  await state.write(toHeld(entry.key, { code, message, since: state.storeClock.now() }, invalidRows))
  return 0
}

export async function leaveInDoubt(
  { state, destination, log }: GroupContext,
  entry: OutboxEntry,
  message: string,
): Promise<number> {
  log.warn('An answer left a doubt; the batch will be looked up.', { batch: entry.key, message })
  const now = state.storeClock.now()
  await state.write(toDoubt(entry.key, entry.group, now, now + destination.restMs(entry.rows)))
  return 0
}

/** Nothing was ingested. @throws `fatal`, where given, once that is written */
export async function backToStaged(
  { state }: GroupContext,
  entry: OutboxEntry,
  waitMs: number,
  fatal: JobError | null = null,
): Promise<number> {
  await state.write(toStaged(entry.key, entry.group, state.storeClock.now() + waitMs))
  if (fatal) throw fatal
  return waitMs
}
