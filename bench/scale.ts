import { median, rounded, summary } from './measurement'
import { startServer } from './server/start-server'
import { bundleSubjects, interleaved, runSubject, taskFor } from './subject-process'
import { assertRowCount } from './uploads'
import type { Measurement } from './measurement'
import type { Options } from './options'
import type { BenchServer } from './server/start-server'
import type { Counts } from './server/tally'

const subject = 'analytics-ingest'
const sizes = [10_000, 100_000, 1_000_000, 10_000_000]
const groupCounts = [1, 4, 16]
const paceRows = 1_000_000

/** The same run at growing sizes, and against Adobe's pace. */
export async function scale({ runs, scale: largest, heap }: Options): Promise<Measurement[]> {
  const chosen = sizes.filter((rows) => rows <= largest).map(String)
  bundleSubjects([entryOf(subject), entryOf('virtual-time')])
  const server = await startServer()
  try {
    const counts = new Map<string, Counts>()
    const results = await interleaved(chosen, runs, async (rows) => {
      await server.reset()
      const run = await runSubject(entryOf(subject), taskFor(server, Number(rows)), heap)
      counts.set(rows, await server.tally())
      await assertRowCount(server, subject, Number(rows))
      return run
    })
    const costs = [...results].map(([rows, measured]) => ({
      ...summary('scale', subject, measured),
      heap,
      microsecondsPerRow: rounded(median(measured.map((run) => (run.seconds * 1e6) / run.rows)), 2),
      ...perBatch(counts.get(rows)),
    }))
    return [...costs, ...(await pace(server, Math.min(largest, paceRows)))]
  } finally {
    server.stop()
  }
}

const entryOf = (name: string) => `subjects/${name}`

function perBatch(counts: Counts | undefined): Record<string, number> {
  if (!counts) return {}
  const { posts, lookups, stateWrites, fileRequests } = counts
  return {
    batches: posts,
    requestsPerBatch: rounded((posts + lookups) / posts, 2),
    stateWritesPerBatch: rounded(stateWrites / posts, 2),
    fileRequestsPerBatch: rounded(fileRequests / posts, 2),
  }
}

/** Delivery in virtual time: always the same, so once is enough. */
async function pace(server: BenchServer, rows: number): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (const groups of groupCounts) {
    const task = { ...taskFor(server, rows), BENCH_GROUPS: String(groups) }
    const run = await runSubject(entryOf('virtual-time'), task)
    const figures = Object.entries(run.figures).map(([name, value]) => [name, rounded(value, 3)])
    measurements.push({
      ...summary('scale', subject, [run]),
      ...(Object.fromEntries(figures) as Record<string, number>),
    })
  }
  return measurements
}
