import { mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { JobError } from '../../../errors'
import { readRun, writeRun } from './sorted-run'
import type { EncodedRow } from '../../../destinations/destination'

export interface SorterLimits {
  /** Text held in memory before it is sorted and put on disk. */
  readonly runChars: number
  readonly diskBytes: number
}

/** An action has 600 MB of local disk; the platform uses the rest. */
const defaultLimits: SorterLimits = { runChars: 2 * 1024 * 1024, diskBytes: 500 * 1024 * 1024 }

/** External merge sort on local disk: rows by their key where they have one, else by their order, in bounded memory. */
export interface RowSorter {
  append(row: EncodedRow): void
  /** Puts full runs on disk. */
  settle(): Promise<void>
  /** All rows in order; equal rows keep the order in which they came. */
  sorted(): AsyncIterable<readonly EncodedRow[]>
  dispose(): Promise<void>
}

/** @param limits bounds of memory and disk; smaller ones only in tests */
export function createRowSorter(
  scratch: string,
  { runChars, diskBytes }: SorterLimits = defaultLimits,
): RowSorter {
  const runs: string[] = []
  let rows: EncodedRow[] = []
  let chars = 0
  let bytes = 0
  let folder: string | null = null

  async function spill(): Promise<void> {
    rows.sort(compareRows)
    folder ??= await mkdtemp(join(scratch, 'sort-'))
    const path = join(folder, `run-${runs.length}`)
    const file = await open(path, 'w')
    try {
      bytes += await writeRun(file, rows)
    } finally {
      await file.close()
    }
    runs.push(path)
    rows = []
    chars = 0
    if (bytes > diskBytes) throw tooLarge(diskBytes)
  }

  return {
    append(row) {
      rows.push(row)
      chars += row.line.length + (row.rowKey?.length ?? 0)
    },
    async settle() {
      if (chars >= runChars) await spill()
    },
    async *sorted() {
      if (runs.length === 0) {
        yield rows.sort(compareRows)
        return
      }
      if (rows.length > 0) await spill()
      yield* mergeRuns(runs.map(readRun))
    },
    async dispose() {
      if (folder) await rm(folder, { recursive: true, force: true })
    },
  }
}

const blockRows = 1_000

function compareRows(a: EncodedRow, b: EncodedRow): number {
  if (a.rowKey !== undefined && b.rowKey !== undefined)
    return a.rowKey < b.rowKey ? -1 : a.rowKey > b.rowKey ? 1 : 0
  return a.order - b.order
}

/** K-way merge; among equal rows the earlier run goes first, which keeps the sort stable. */
async function* mergeRuns(
  runs: readonly AsyncIterator<readonly EncodedRow[]>[],
): AsyncIterable<readonly EncodedRow[]> {
  const heads = (await Promise.all(runs.map(headOf))).filter(({ row }) => row !== undefined)
  for (let at = Math.floor(heads.length / 2); at >= 0; at -= 1) sink(heads, at)
  let block: EncodedRow[] = []
  for (let first = heads[0]; first?.row; first = heads[0]) {
    block.push(first.row)
    const hasMore = advance(first) || (await refill(first))
    const last = hasMore ? undefined : heads.pop()
    if (last && heads.length > 0) heads[0] = last
    sink(heads, 0)
    if (block.length < blockRows) continue
    yield block
    block = []
  }
  if (block.length > 0) yield block
}

/** Restores the order of a binary heap, whose first element is the least, below the place `at`. */
function sink(heads: Head[], from: number): void {
  let at = from
  let least = leastOf(heads, at)
  while (least !== at) {
    const [parent, child] = [heads[at], heads[least]]
    if (!parent || !child) return
    heads[at] = child
    heads[least] = parent
    at = least
    least = leastOf(heads, at)
  }
}

/** The place of the least of a head and its two children. */
function leastOf(heads: readonly Head[], at: number): number {
  const [left, right] = [2 * at + 1, 2 * at + 2]
  const lesser = goesFirst(heads[left], heads[at]) ? left : at
  return goesFirst(heads[right], heads[lesser]) ? right : lesser
}

function goesFirst(a: Head | undefined, b: Head | undefined): boolean {
  if (!a?.row || !b?.row) return false
  const order = compareRows(a.row, b.row)
  return order === 0 ? a.number < b.number : order < 0
}

/** The next row of one run. */
interface Head {
  /** Of the run: they are counted in the order in which they were written. */
  readonly number: number
  readonly run: AsyncIterator<readonly EncodedRow[]>
  rows: readonly EncodedRow[]
  index: number
  row: EncodedRow | undefined
}

async function headOf(run: AsyncIterator<readonly EncodedRow[]>, number: number): Promise<Head> {
  const head: Head = { number, run, rows: [], index: 0, row: undefined }
  await refill(head)
  return head
}

function advance(head: Head): boolean {
  head.index += 1
  head.row = head.rows[head.index]
  return head.row !== undefined
}

/** False where the run has no further row. */
async function refill(head: Head): Promise<boolean> {
  const next = await head.run.next()
  head.rows = next.done ? [] : next.value
  head.index = 0
  head.row = head.rows[0]
  return head.row !== undefined
}

function tooLarge(limit: number): JobError {
  return new JobError(
    'slice-too-large',
    `The rows of one commit take more than ${limit} bytes, the local disk on which they are sorted.`,
    'Give the job a shorter period, or let the source sort and declare the job `ordered`.',
  )
}
