import { noCounters } from '../state/state-document'
import { JobError } from '../errors'
import { createBatcher } from './batcher'
import { createRejectLog } from './reject-log'
import { addCounters, advanceMarks, withIdentity } from './transitions'
import type { EncodedRow, Reject } from '../destinations/destination'
import type { Change } from '../state/job-state'
import type { OutboxEntry } from '../state/state-document'
import type { FinishedBatch } from './batcher'
import type { RunContext } from './run-context'

/** What is extracted together and committed by one write. */
export interface StagingUnit {
  readonly records: number
  /** True where another page of `rowsAhead` rows should go into the next unit. */
  isFull(rowsAhead: number): boolean
  take(raw: unknown, rows: readonly EncodedRow[]): void
  reject(raw: unknown, reject: Reject): void
  filter(): void
  /** Writes the batches that are full. They are not committed: until then nothing of them can be sent. */
  settle(): Promise<void>
  /**
   * Writes what is open and makes the unit durable together with `advance`, which moves the cursor behind it.
   * @throws JobError `too-many-rejects`, `slice-too-large`
   */
  commit(advance: Change): Promise<void>
}

export interface UnitOptions {
  /** Part of every idempotency key, so unique within the job. */
  readonly name: string
  readonly generation: number
  /** Asked for by a person: its rows are old by nature, and no number of rejects is too many. */
  readonly lane: boolean
}

export function openUnit(context: RunContext, { name, generation, lane }: UnitOptions): StagingUnit {
  const { job, destination, settings, state, files } = context
  const batcher = createBatcher(destination.header, settings, context.openFile)
  const rejects = createRejectLog(name)
  const entries: OutboxEntry[] = []
  const ordinals = new Map<string, number>()
  const marks = new Map<string, number>()
  let records = 0
  let filtered = 0
  let late = 0

  function isLate({ group, at }: EncodedRow): boolean {
    const groupName = destination.groupName(group)
    const mark = marks.get(groupName) ?? state.document.groups[groupName]?.mark ?? null
    if (mark !== null && at < mark) return true
    marks.set(groupName, at)
    return false
  }

  async function stageFile(batch: FinishedBatch): Promise<void> {
    if (entries.length >= settings.sliceBatches) throw sliceTooLarge(name, settings.sliceBatches)
    const group = destination.groupName(batch.group)
    const ordinal = ordinals.get(group) ?? 0
    ordinals.set(group, ordinal + 1)
    const key = destination.key({
      job: job.name,
      groupName: group,
      unit: name,
      ordinal,
      generation,
      sha256: batch.textSha256,
    })
    const file = `${name}-${batch.group}-${ordinal}.csv.gz`
    await files.add(file, batch.bytes)
    entries.push({
      key,
      run: state.run,
      file,
      group,
      identity: -1,
      unit: name,
      generation,
      rows: batch.rows,
      sha256: batch.sha256,
      state: 'staged',
      firstSentAt: null,
      doubtFrom: null,
      hold: null,
    })
  }

  return {
    get records() {
      return records
    },
    isFull: (rowsAhead) => entries.length > 0 || batcher.isFull(rowsAhead),
    take(raw, rows) {
      records += 1
      const lateRows = rows.filter(isLate).length
      if (lateRows > 0 && job.late === 'reject' && !lane) {
        rejects.add(raw, {
          code: 'late',
          path: 'timestamp',
          message: 'is older than what its visitor group has already sent',
        })
        return
      }
      late += lateRows
      for (const row of rows) batcher.append(row)
    },
    reject(raw, reject) {
      records += 1
      rejects.add(raw, reject)
    },
    filter() {
      records += 1
      filtered += 1
    },
    async settle() {
      for await (const batch of batcher.full()) await stageFile(batch)
    },
    async commit(advance) {
      if (!lane) rejects.assertAcceptable(records)
      for await (const batch of batcher.rest()) await stageFile(batch)
      const rejectsFile = rejects.count > 0 ? `${name}-rejects.jsonl` : null
      if (rejectsFile) await files.add(rejectsFile, rejects.toJsonLines())

      await state.write((before) => {
        const { document, index } = withIdentity(before, destination.identity)
        return advance({
          ...advanceMarks(document, marks),
          stalls: 0,
          commits: document.commits + 1,
          outbox: [...document.outbox, ...entries.map((entry) => ({ ...entry, identity: index }))],
          rejects: rejectsFile
            ? [
                ...document.rejects,
                {
                  run: state.run,
                  file: rejectsFile,
                  unit: name,
                  count: rejects.count,
                  at: state.storeClock.now(),
                },
              ]
            : document.rejects,
          counters: addCounters(document.counters, {
            ...noCounters,
            records,
            rows: batcher.rows,
            filtered,
            late,
            rejects: rejects.byReason,
            batches: entries.length,
          }),
        })
      })
    },
  }
}

function sliceTooLarge(unit: string, limit: number): JobError {
  return new JobError(
    'slice-too-large',
    `${unit} fills more than ${limit} batches, more than one commit may carry.`,
    'Give the job a shorter period, or a `position` so that it can commit page by page.',
    { details: { unit, limit } },
  )
}
