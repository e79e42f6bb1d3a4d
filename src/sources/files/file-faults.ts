import { JobError } from '../../errors'
import type { PickedFile } from './pick'

function fileFault(file: string, what: string, remedy: string): JobError {
  return new JobError('source-malformed', `The file ${file} ${what}.`, remedy, { details: { file } })
}

export function replaced(file: string): JobError {
  return fileFault(
    file,
    'was replaced after it was read, so its records would be left out or sent twice',
    "Put the old one back and give the new one a name of its own; or declare whenReplaced: 'read-again', which sends all of it again.",
  )
}

export function late(file: string): JobError {
  return fileFault(
    file,
    'was written after files that sort behind it were read, and sorts before those that the job still knows, so its records would be left out',
    "Give it a name that sorts behind them; for files of several folders, order them by date (a pattern with {yyyy}, or order: 'modified'); or declare whenReplaced: 'read-again', which reads all of it.",
  )
}

export function unversioned(file: string): JobError {
  return fileFault(
    file,
    'has neither ETag nor time, so a change of it could not be noticed',
    'Read it with fullRefresh.',
  )
}

export function incomplete({ name, waitsFor }: PickedFile): JobError {
  return fileFault(
    name,
    `waits for ${waitsFor ?? ''}, so the refresh would not be whole`,
    'The next run tries again.',
  )
}

export function waitedTooLong({ name, waitsFor }: PickedFile): JobError {
  return fileFault(
    name,
    `has waited for ${waitsFor ?? ''} for more than a day`,
    'Complete it, or take it away; a time in the future is one that the clock of the store wrote.',
  )
}

export function nothingThere(place: string, pattern: string): JobError {
  return new JobError(
    'source-malformed',
    `No complete file in ${place} has the name ${pattern}, so there is nothing to refresh from.`,
    'Compare the pattern of the source with the names in the store; the next run looks again.',
  )
}

export function neverMatched(place: string, pattern: string): JobError {
  return new JobError(
    'source-malformed',
    `No file in ${place} has the name ${pattern}, and the job has read none before: a wrong name would never be noticed.`,
    'Compare the pattern of the source with the names in the store. If the first file has not come yet, the job goes on by itself once it is there.',
  )
}

export function openFileGone(file: string, records: number): JobError {
  return fileFault(
    file,
    `is gone from the store, of which ${records} records were read and the rest was not`,
    `Put it back; or go on without its rest: resolve=definition as=continue from=${file}.`,
  )
}
