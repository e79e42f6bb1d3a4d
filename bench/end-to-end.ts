import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { summary } from './measurement'
import { startServer } from './server/start-server'
import { OutOfMemory, bundleSubjects, interleaved, runSubject, taskFor } from './subject-process'
import { assertRowCount, assertUploads, saveTexts } from './uploads'
import type { Measurement } from './measurement'
import type { Heap, Options } from './options'
import type { BenchServer } from './server/start-server'

const subjects = [
  'analytics-ingest',
  'csv-stringify',
  'csv-stringify-buffered',
  'fast-csv',
  'papaparse',
  'segment-mapping-kit',
  'faros-airbyte-cdk',
  'duckdb',
  'hand-written',
  'limit',
] as const

/** Those that are worth their time where there are millions of rows. */
const largeSubjects = [
  'analytics-ingest',
  'csv-stringify',
  'csv-stringify-buffered',
  'duckdb',
  'hand-written',
  'limit',
] as const
const large = 1_000_000
/** Every field is compared up to here; beyond, and in the measured runs, the rows are counted. */
const comparedRows = 200_000

/**
 * Source pages → 16 columns → gzip → multipart, by each subject in turn. A subject that does not fit into the heap is left
 * out.
 */
export async function endToEnd(
  rows: number,
  { runs, heap }: Pick<Options, 'runs' | 'heap'>,
): Promise<Measurement[]> {
  const chosen = rows >= large ? largeSubjects : subjects
  bundleSubjects(chosen.map(entryOf))
  const server = await startServer()
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const textFile = join(folder, 'rows.csv')
  try {
    const trial = { server, rows: Math.min(rows, comparedRows), heap, textFile }
    const fitting: string[] = []
    for (const subject of chosen) if (await fits(subject, trial)) fitting.push(subject)
    const limitTask = { BENCH_TEXT: textFile, BENCH_TEXT_ROWS: String(trial.rows) }
    const results = await interleaved(fitting, runs, async (subject) => {
      await server.reset()
      const run = await runSubject(entryOf(subject), { ...taskFor(server, rows), ...limitTask }, heap)
      if (subject !== 'limit') await assertRowCount(server, subject, rows)
      return run
    })
    return [...results].map(([subject, measured]) => ({ ...summary('end-to-end', subject, measured), heap }))
  } finally {
    server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const entryOf = (subject: string) => `subjects/${subject}`

interface Trial {
  readonly server: BenchServer
  readonly rows: number
  readonly heap: Heap
  /** Receives the rows of this product, which the limit compresses. */
  readonly textFile: string
}

/** One run that does not count: it shows that the subject writes the same as the others. False where it lacks memory. */
async function fits(subject: string, { server, rows, heap, textFile }: Trial): Promise<boolean> {
  if (subject === 'limit') return true
  await server.reset()
  try {
    await runSubject(entryOf(subject), taskFor(server, rows), heap)
  } catch (error) {
    if (!(error instanceof OutOfMemory)) throw error
    console.error(error.message)
    return false
  }
  await assertUploads(server, subject, rows)
  if (subject === 'analytics-ingest') await saveTexts(server, textFile)
  return true
}
