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
/**
 * Options of Node by the heap that it sizes. In a memory group of 256 MB, which is what an action has, Node 20 allows the
 * old generation 256 MB and each half of the young one 1 MB; these options set the same on any machine.
 */
const heaps = { machine: [], action: ['--max-old-space-size=256', '--max-semi-space-size=1'] }

/** The same run at growing sizes, in the heap of this machine and in that of an action, and against Adobe's pace. */
export async function scale({ runs, scale: largest }: Options): Promise<Measurement[]> {
  const chosen = new Map(
    (['machine', 'action'] as const).flatMap((heap) =>
      sizes
        .filter((rows) => rows <= largest)
        .map((rows) => [`${rows} rows, heap of the ${heap}`, { rows, heap }]),
    ),
  )
  bundleSubjects([entryOf(subject), entryOf('virtual-time')])
  const server = await startServer()
  try {
    const counts = new Map<string, Counts>()
    const results = await interleaved([...chosen.keys()], runs, async (name) => {
      const { rows, heap } = chosen.get(name) ?? unknownRun(name)
      await server.reset()
      const run = await runSubject(entryOf(subject), taskFor(server, rows), heaps[heap])
      counts.set(name, await server.tally())
      await assertRowCount(server, subject, rows)
      return run
    })
    const costs = [...results].map(([name, measured]) => ({
      ...summary('scale', subject, measured),
      heap: chosen.get(name)?.heap ?? unknownRun(name),
      microsecondsPerRow: rounded(median(measured.map((run) => (run.seconds * 1e6) / run.rows)), 2),
      ...perBatch(counts.get(name)),
    }))
    return [...costs, ...(await pace(server, Math.min(largest, paceRows)))]
  } finally {
    server.stop()
  }
}

const entryOf = (name: string) => `subjects/${name}`

function unknownRun(name: string): never {
  throw new RangeError(`There is no run "${name}".`)
}

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
