import { buildOnce, projectInputs } from '../app-builder/build-once'
import { deployApp } from '../app-builder/deploy'
import { apiKey, namespace, reportSuite, startPlatform } from './platform'
import { arrivalAlarm, demoPace, root } from './root'
import { assertEqual, resultOf, resultTable, sampleTable } from './results'
import { shippedJobs } from './shipped-jobs'
import { createSteps, silentSteps } from './steps'
import type { ArrivalResult } from '../../src/app-builder/verify-arrival-action'
import type { RunReport } from '../../src/state/run-report'
import type { Platform } from './platform'
import type { ShippedJob } from './shipped-jobs'

type Reports = Record<string, RunReport>

const json = process.argv.includes('--json')
/** On stderr, so that stdout has the result alone. */
const steps = json ? silentSteps : createSteps(process.stderr)

/** Deploys the app to a local platform, fires every alarm, and compares what was read, sent, accepted and seen. */
async function demonstrate(): Promise<void> {
  const begun = performance.now()
  const first: Reports = {}
  const second: Reports = {}
  let platform: Platform | undefined
  try {
    const started = await prepare()
    platform = started
    for (const job of shippedJobs) first[job.name] = await firstRun(started, job)
    await secondRuns(started, second)
    const arrivals = await verify(started)
    const results = shippedJobs.map((job) => {
      const arrival = arrivals[job.name]
      const seen = arrival && 'arrived' in arrival ? arrival : undefined
      return resultOf(job, started, first[job.name], seen)
    })
    assertEqual(results)
    if (!json) show(started, resultTable(results), performance.now() - begun)
  } finally {
    await platform?.stop()
    if (json && first.flights) console.log(reportLine(first, second))
  }
}

async function prepare(): Promise<Platform> {
  let platform: Platform | undefined
  await steps.step(
    "Start the services; build the actions with App Builder's own code, and check their types",
    async () => {
      const starting = startPlatform({ settings: demoPace }).then((started) => (platform = started))
      await Promise.all([starting, buildOnce(root, projectInputs)])
    },
    { progress: () => (platform ? 'the services are up, webpack is running' : '') },
  )
  const started = platform as unknown as Platform
  const target = { openwhisk: started.openwhisk, namespace, apiKey, inputs: started.inputs }
  await steps.step('Deploy package, actions, alarms and rules', () => deployApp(root, target))
  return started
}

async function firstRun(platform: Platform, job: ShippedJob): Promise<RunReport> {
  const pages = () => platform.partner.requests.filter(({ url }) => url.startsWith('/v1/')).length
  const before = pages()
  const progress = (passedMs: number) => {
    const rows = job.accepted(platform)
    const rate = Math.round((rows / Math.max(passedMs, 1)) * 1000)
    return `${pages() - before} pages read, ${count(rows)} rows accepted, ${count(rate)} rows/s`
  }
  const result = (report: RunReport) =>
    `${count(report.rows)} rows, ${report.confirmed} of ${report.batches} batches confirmed`
  const title = `The alarm of ${job.name} fires: ${job.does}`
  return steps.step(title, () => tick(platform, job), { progress, result })
}

async function secondRuns(platform: Platform, reports: Reports): Promise<void> {
  const rows = () => Object.values(reports).reduce((sum, report) => sum + report.rows, 0)
  await steps.step(
    'The alarms fire again, and nothing is left to do',
    async () => {
      for (const job of shippedJobs) reports[job.name] = await tick(platform, job)
    },
    { result: () => `${rows()} rows` },
  )
}

/** One tick of a job's alarm, and the report of the run that it caused. */
async function tick({ openwhisk }: Platform, { alarm }: ShippedJob): Promise<RunReport> {
  const [activation] = await openwhisk.tick(alarm)
  const result = activation?.response.result as RunReport | { error: unknown } | undefined
  if (!result || !('outcome' in result))
    throw new Error(`The alarm ${alarm} led to no report: ${JSON.stringify(result)}`)
  const { outcome, error, reason } = result
  // A sliced job has nothing due until its next slice ends.
  if (outcome === 'succeeded' || reason === 'nothing-due') return result
  throw new Error(error ? `${error.message} ${error.remedy}` : `The run ended as ${outcome}.`)
}

async function verify({ openwhisk }: Platform): Promise<ArrivalResult['jobs']> {
  const seen = (jobs: ArrivalResult['jobs']) =>
    Object.values(jobs).reduce((sum, job) => sum + ('arrived' in job ? job.arrived.batches : 0), 0)
  return steps.step(
    'The alarm of verify-arrival fires: Analytics is asked for every batch',
    async () => {
      const [activation] = await openwhisk.tick(arrivalAlarm)
      const result = activation?.response.result as ArrivalResult | { error: unknown } | undefined
      if (result && 'jobs' in result && !result.error) return result.jobs
      throw new Error(`The alarm ${arrivalAlarm} led to no proof: ${JSON.stringify(result)}`)
    },
    { result: (jobs) => `${seen(jobs)} batches seen in reports` },
  )
}

function show(platform: Platform, results: string, tookMs: number): void {
  for (const job of shippedJobs) {
    const stored = job.stored(platform)
    console.log(`\n${job.name}: ${count(stored.length)} rows are stored, such as`)
    console.log(sampleTable(stored))
  }
  console.log(`\nHits out of order: ${platform.analytics.suites.outOfOrder(reportSuite).length}\n`)
  console.log(results)
  console.log(`\nDone in ${Math.round(tookMs / 1000)} s, without Adobe's pause of 20 s between two files.`)
  console.log(
    [
      '\nTry next:',
      '  npm run local            keeps these services up, with alarms in real time',
      '  npm run job -- help      the commands of an operator, against npm run local or a deployed app',
      '  docs/jobs.md             how to write a job of your own',
      '  docs/first-deploy.md     how to deploy to your organisation',
    ].join('\n'),
  )
}

/** The flights' report, their second run, and the reports of the other jobs, in one line. */
function reportLine(first: Reports, second: Reports): string {
  const { flights, ...jobs } = first
  return JSON.stringify({ ...flights, secondRun: second.flights, jobs })
}

function count(figure: number): string {
  return figure.toLocaleString('en')
}

demonstrate().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
