import { Listr } from 'listr2'
import { buildApp, deployApp } from '../app-builder/deploy'
import { apiKey, namespace, reportSuite, startPlatform } from './platform'
import { arrivalAlarm, demoPace, root } from './root'
import { assertEqual, resultOf, resultTable } from './results'
import { shippedJobs } from './shipped-jobs'
import type { ListrTask } from 'listr2'
import type { ArrivalResult } from '../../src/app-builder/verify-arrival-action'
import type { RunReport } from '../../src/state/run-report'
import type { Platform } from './platform'
import type { JobResult } from './results'
import type { ShippedJob } from './shipped-jobs'

interface Demo {
  platform: Platform
  readonly first: Record<string, RunReport>
  readonly second: Record<string, RunReport>
  arrivals: ArrivalResult['jobs']
  results: readonly JobResult[]
}

const json = process.argv.includes('--json')

const tasks = new Listr<Demo>(
  [
    {
      title: 'Prepare',
      task: (_demo, task) =>
        task.newListr<Demo>(
          [
            {
              title: 'Start IMS, Analytics, the partner API, Files and OpenWhisk on this machine',
              task: async (demo) => {
                demo.platform = await startPlatform({ settings: demoPace })
              },
            },
            {
              title: "Build the actions with App Builder's own code, and check their types",
              task: async () => {
                await buildApp(root)
              },
            },
          ],
          { concurrent: true, rendererOptions: { collapseSubtasks: false } },
        ),
    },
    {
      title: 'Deploy package, actions, alarms and rules',
      task: async ({ platform }) => {
        await deployApp(root, { openwhisk: platform.openwhisk, namespace, apiKey, inputs: platform.inputs })
      },
    },
    ...shippedJobs.map(firstRun),
    {
      title: 'The alarms fire again: nothing is left to do',
      task: async (demo, task) => {
        for (const job of shippedJobs) demo.second[job.name] = await tick(demo.platform, job)
        const rows = Object.values(demo.second).reduce((sum, report) => sum + report.rows, 0)
        task.title += ` – ${rows} rows`
      },
    },
    {
      title: 'The alarm of verify-arrival fires: Analytics is asked for every batch',
      task: async (demo, task) => {
        const { jobs } = await verify(demo.platform)
        demo.arrivals = jobs
        const seen = Object.values(jobs).flatMap((job) => ('arrived' in job ? [job.arrived.batches] : []))
        task.title += ` – ${seen.reduce((sum, batches) => sum + batches, 0)} batches seen in reports`
      },
    },
    {
      title: 'Count what was read, sent, accepted and seen',
      task: (demo) => {
        demo.results = shippedJobs.map((job) => {
          const arrival = demo.arrivals[job.name]
          const seen = arrival && 'arrived' in arrival ? arrival : undefined
          return resultOf(job, demo.platform, demo.first[job.name], seen)
        })
        assertEqual(demo.results)
      },
    },
  ],
  { fallbackRenderer: 'simple', silentRendererCondition: () => json, exitOnError: true },
)

function firstRun(job: ShippedJob): ListrTask<Demo> {
  return {
    title: `The alarm of ${job.name} fires: ${job.does}`,
    task: async (demo, task) => {
      const report = await tick(demo.platform, job)
      demo.first[job.name] = report
      task.title += ` – ${report.rows} rows, ${report.confirmed} of ${report.batches} batches confirmed`
    },
  }
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

async function verify({ openwhisk }: Platform): Promise<ArrivalResult> {
  const [activation] = await openwhisk.tick(arrivalAlarm)
  const result = activation?.response.result as ArrivalResult | { error: unknown } | undefined
  if (result && 'jobs' in result && !result.error) return result
  throw new Error(`The alarm ${arrivalAlarm} led to no proof: ${JSON.stringify(result)}`)
}

function show({ platform, first, results }: Demo): void {
  console.log('\nThe report of the first run:')
  console.log(JSON.stringify(first.flights, null, 2))
  console.log(`\nHits out of order: ${platform.analytics.suites.outOfOrder(reportSuite).length}`)
  console.log('Demo pace: Adobe asks for 20 s between two files of a group; here there is no wait.')
  console.log('Next: `npm run local` keeps this platform up; README.md says how to write a job of your own.')
  console.log(`\n${resultTable(results)}`)
}

/** The flights' report, their second run, and the reports of the other jobs, in one line. */
function reportLine({ first, second }: Pick<Demo, 'first' | 'second'>): string {
  const { flights, ...jobs } = first
  return JSON.stringify({ ...flights, secondRun: second.flights, jobs })
}

async function demonstrate(): Promise<void> {
  const demo: Partial<Demo> & Pick<Demo, 'first' | 'second'> = { first: {}, second: {} }
  try {
    await tasks.run(demo as Demo)
    if (!json) show(demo as Demo)
  } finally {
    if (json && demo.first.flights) console.log(reportLine(demo))
    await demo.platform?.stop()
  }
}

demonstrate().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
