import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { summary } from './measurement'
import { startServer } from './server/start-server'
import { bundleSubjects, interleaved, runSubject, taskFor } from './subject-process'
import { assertRowCount, assertUploads, saveTexts } from './uploads'
import type { Measurement } from './measurement'
import type { BenchServer } from './server/start-server'
import type { Task } from './subject-process'

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

/** Source pages → 16 columns → gzip → multipart, by each subject in turn. */
export async function endToEnd(rows: number, runs: number): Promise<Measurement[]> {
  const chosen = rows >= large ? largeSubjects : subjects
  bundleSubjects(chosen.map(entryOf))
  const server = await startServer()
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const limitTask = await compareAll(server, chosen, Math.min(rows, comparedRows), join(folder, 'rows.csv'))
    const results = await interleaved(chosen, runs, async (subject) => {
      await server.reset()
      const run = await runSubject(entryOf(subject), { ...taskFor(server, rows), ...limitTask })
      if (subject !== 'limit') await assertRowCount(server, subject, rows)
      return run
    })
    return [...results].map(([subject, measured]) => summary('end-to-end', subject, measured))
  } finally {
    server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const entryOf = (subject: string) => `subjects/${subject}`

/** One run of each that does not count: it shows that all of them write the same. */
async function compareAll(
  server: BenchServer,
  chosen: readonly string[],
  rows: number,
  textFile: string,
): Promise<Task> {
  for (const subject of chosen) {
    if (subject === 'limit') continue
    await server.reset()
    await runSubject(entryOf(subject), taskFor(server, rows))
    await assertUploads(server, subject, rows)
    if (subject === 'analytics-ingest') await saveTexts(server, textFile)
  }
  return { BENCH_TEXT: textFile, BENCH_TEXT_ROWS: String(rows) }
}
