import { JobError } from '../../errors'
import { noCounters } from '../../state/counters'
import { createBatcher } from './batcher'
import { createRejectLog } from './reject-log'
import { writeSegments } from './segments'
import { createRowSorter } from './sort/row-sorter'
import { addCounters, advanceMarks, withIdentity } from '../transitions'
import type { EncodedRow } from '../../destinations/destination'
import type { Change } from '../../state/job-state'
import type { OutboxEntry } from '../../state/state-document'
import type { FinishedBatch } from './batcher'
import type { Intake } from './record-intake'
import type { SegmentOptions } from './segments'
import type { RunContext } from '../run-context'

/** What is extracted together and committed by one write. */
export interface StagingUnit {
  readonly records: number
  /** True where another page of `rowsAhead` rows should go into the next unit. */
  isFull(rowsAhead: number): boolean
  take(raw: unknown, taken: Intake): void
  /** Writes the batches that are full. They are not committed: until then nothing of them can be sent. */
  settle(): Promise<void>
  /**
   * Writes what is open and makes the unit durable together with `advance`, which moves the cursor behind it.
   * @throws JobError `too-many-rejects`, `slice-too-large`
   */
  commit(advance: Change): Promise<void>
  /** Frees the local disk, committed or not. */
  dispose(): Promise<void>
}

export interface UnitOptions extends SegmentOptions {
  readonly generation: number
  /** Asked for by a person: its rows are old by nature, and no number of rejects is too many. */
  readonly lane: boolean
}

export function openUnit(context: RunContext, options: UnitOptions): StagingUnit {
  const { job, destination, settings, state, files } = context
  const { name, generation, lane, ledger } = options
  const batcher = createBatcher(destination.header, settings, context.openFile)
  const sorter = job.unsorted ? createRowSorter(context.scratch) : null
  const rejects = createRejectLog(name)
  const entries: OutboxEntry[] = []
  const ordinals = new Map<string, number>()
  /** By group, seconds: the newest row that is committed, and the newest of all. Only commits of this run move them. */
  const committed = Array.from(
    { length: destination.groups },
    (_, group) => state.document.groups[destination.groupName(group)]?.mark ?? -Infinity,
  )
  const newest = [...committed]
  const counts = { records: 0, filtered: 0, duplicates: 0, late: 0 }

  /** Rows still to be sorted can only be late against what was committed before. */
  function isLate({ group, at }: EncodedRow): boolean {
    const before = newest[group] ?? -Infinity
    if (at > before) newest[group] = at
    return at < (sorter ? (committed[group] ?? -Infinity) : before)
  }

  function takeRows(raw: unknown, rows: readonly EncodedRow[]): void {
    let lateRows = 0
    for (const row of rows) if (isLate(row)) lateRows += 1
    if (lateRows > 0 && job.late === 'reject' && !lane) {
      const message = 'is older than what its visitor group has already sent'
      rejects.add(raw, { code: 'late', path: 'timestamp', message })
      return
    }
    counts.late += lateRows
    const sink = sorter ?? batcher
    for (const row of rows) sink.append(row)
  }

  /** Of the groups that this unit moves. */
  function marks(): Map<string, number> {
    const moved = newest.flatMap((mark, group) =>
      mark > (committed[group] ?? -Infinity) ? [[destination.groupName(group), mark] as const] : [],
    )
    return new Map(moved)
  }

  async function stageFile(batch: FinishedBatch): Promise<void> {
    if (entries.length >= settings.sliceBatches) throw sliceTooLarge(name, settings.sliceBatches)
    const group = destination.groupName(batch.group)
    const ordinal = ordinals.get(group) ?? 0
    ordinals.set(group, ordinal + 1)
    const { textSha256, sha256, rows } = batch
    const key = destination.key({
      job: job.name,
      groupName: group,
      unit: name,
      ordinal,
      generation,
      sha256: textSha256,
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
      rows,
      sha256,
      state: 'staged',
      firstSentAt: null,
      doubtFrom: null,
      hold: null,
    })
  }

  async function writeFull(): Promise<void> {
    for await (const batch of batcher.full()) await stageFile(batch)
  }

  async function writeRest(): Promise<void> {
    for await (const block of sorter?.sorted() ?? []) {
      for (const row of block) batcher.append(row)
      await writeFull()
    }
    for await (const batch of batcher.rest()) await stageFile(batch)
  }

  return {
    get records() {
      return counts.records
    },
    isFull: (rowsAhead) => entries.length > 0 || batcher.isFull(rowsAhead),
    take(raw, taken) {
      if (taken.kind === 'repeated' || taken.kind === 'beyond') return
      counts.records += 1
      if (taken.kind === 'rows') takeRows(raw, taken.rows)
      else if (taken.kind === 'reject') rejects.add(raw, taken.reject)
      else if (taken.kind === 'duplicate') counts.duplicates += 1
      else counts.filtered += 1
    },
    async settle() {
      await sorter?.settle()
      await writeFull()
    },
    async commit(advance) {
      if (!lane) rejects.assertAcceptable(counts.records)
      await writeRest()
      const addSegments = await writeSegments(context, options, rejects)
      await state.write((before) => {
        const { document, index } = withIdentity(before, destination.identity)
        return advance({
          ...addSegments(advanceMarks(document, marks())),
          stalls: 0,
          commits: document.commits + 1,
          grouping: destination.grouping,
          outbox: [...document.outbox, ...entries.map((entry) => ({ ...entry, identity: index }))],
          counters: addCounters(document.counters, {
            ...noCounters,
            ...counts,
            rows: batcher.rows,
            rejects: rejects.byReason,
            batches: entries.length,
          }),
        })
      })
      ledger?.committed()
    },
    dispose: () => sorter?.dispose() ?? Promise.resolve(),
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
