import { deployApp } from '../../emulators/app-builder/deploy'
import { apiKey, namespace, reportSuite, startPlatform } from '../../emulators/local/platform'
import { rounded } from '../measurement'
import { startServer } from '../server/start-server'
import { alarmOf, buildJobs } from './app'
import { jobCount, rowsOfJob, sideBySideJobs } from './jobs'
import type { Platform } from '../../emulators/local/platform'
import type { RunReport } from '../../src/state/run-report'
import type { Measurement } from '../measurement'

/** Activations that the namespace may have at a time. */
const containerCounts = [1, 2, 4, 8]
/** Adobe's pace, four times as fast, and files of a twentieth of the rows. */
const settings = {
  requestMs: 250,
  groupMs: 5_000,
  rowsPerSecond: 8_000,
  batchRows: 2_000,
  sendTimeoutMs: 15_000,
  lookupEveryMs: 5_000,
  patienceMs: 15_000,
}
/** One request a second for all containers together, four times as fast. */
const sharedPace = { requests: 4, ms: 1_000 }
const alarmMs = 1_000
const longestMs = 600_000

type Result = RunReport & { readonly cpuMs: number; readonly peakMB: number }

/** What the ticks of all alarms came to. */
interface Ticks {
  readonly results: Result[]
  /** Ticks that the namespace refused. */
  refused: number
}

/** The same jobs at the same time, with more and more activations side by side. */
export async function scaleOut(): Promise<Measurement[]> {
  const app = await buildJobs()
  const source = await startServer()
  try {
    const measurements: Measurement[] = []
    for (const containers of containerCounts)
      measurements.push(await measure(app.folder, source.url, containers))
    return measurements
  } finally {
    source.stop()
    app.remove()
  }
}

async function measure(folder: string, url: string, containers: number): Promise<Measurement> {
  const platform = await startPlatform({ settings, activationsAtOnce: containers })
  try {
    const { openwhisk, analytics } = platform
    const inputs = { ...platform.inputs, LOG_LEVEL: 'error', URL: url, SUITE: reportSuite }
    await deployApp(folder, { openwhisk, namespace, apiKey, inputs })
    Object.assign(analytics.knobs, { enforcesPace: true, pace: sharedPace })
    const startedAt = performance.now()
    const ticks = await tickUntilDone(platform)
    return measurementOf(platform, ticks, containers, (performance.now() - startedAt) / 1_000)
  } finally {
    await platform.stop()
  }
}

/** All alarms fire at the same moment, again and again, until every job has succeeded. A job that runs has no tick. */
async function tickUntilDone({ openwhisk }: Platform): Promise<Ticks> {
  const ticks: Ticks = { results: [], refused: 0 }
  const waiting = new Set(sideBySideJobs.map(({ name }) => name))
  const endAt = performance.now() + longestMs
  let done = 0

  function tick(job: string): void {
    const run = openwhisk.alarms.tick(alarmOf(job))?.started[0]
    if (!run) {
      ticks.refused += 1
      return
    }
    waiting.delete(job)
    void run.done.then(({ response }) => {
      const result = response.result as Result
      ticks.results.push(result)
      if (result.outcome === 'succeeded' && result.pending === 0) done += 1
      else waiting.add(job)
    })
  }

  while (done < jobCount) {
    if (performance.now() > endAt) throw new Error(`Not done: ${JSON.stringify(ticks.results.slice(-3))}`)
    for (const job of waiting) tick(job)
    await new Promise((resolve) => setTimeout(resolve, alarmMs))
  }
  return ticks
}

function measurementOf(
  { analytics }: Platform,
  { results, refused }: Ticks,
  containers: number,
  seconds: number,
): Measurement {
  const ids = analytics.suites.hits(reportSuite).map(({ columns }) => columns.transactionid)
  const rows = jobCount * rowsOfJob
  const cpuMs = results.reduce((sum, run) => sum + run.cpuMs, 0)
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  if (failed.length > 0) throw new Error(`Runs failed: ${JSON.stringify(failed[0])}`)
  if (new Set(ids).size !== rows || ids.length !== rows)
    throw new Error(`${ids.length} rows arrived, ${new Set(ids).size} of them different; ${rows} were sent.`)
  return {
    bench: 'scale-out',
    subject: 'analytics-ingest',
    containers,
    rows,
    rowsPerSecond: Math.round(rows / seconds),
    cpuSeconds: rounded(cpuMs / 1_000, 2),
    cpuMicrosecondsPerRow: rounded((cpuMs * 1_000) / rows, 1),
    peakRssMB: rounded(Math.max(...results.map(({ peakMB }) => peakMB)), 1),
    seconds: rounded(seconds, 1),
    requests: analytics.requests.length,
    throttled: analytics.refusedByPace(),
    runs: 1,
    jobRuns: results.length,
    failedRuns: failed.length,
    refusedTicks: refused,
    duplicates: ids.length - new Set(ids).size,
  }
}
