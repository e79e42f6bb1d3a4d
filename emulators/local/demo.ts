import { Listr } from 'listr2'
import { buildApp, deployApp } from '../app-builder/deploy'
import { apiKey, namespace, reportSuite, startPlatform } from './platform'
import { demoPace, flightsAlarm, root } from './root'
import type { RunReport } from '../../src/state/run-report'
import type { Platform } from './platform'

interface Demo {
  platform: Platform
  first: RunReport
  second: RunReport
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
      title: 'Deploy package, action, alarm and rule',
      task: async ({ platform }) => {
        await deployApp(root, { openwhisk: platform.openwhisk, namespace, apiKey, inputs: platform.inputs })
      },
    },
    {
      title: 'The alarm fires: run-job fetches 20,000 flights and writes them to Analytics (at demo pace)',
      task: async (demo, task) => {
        demo.first = await tick(demo.platform)
        requireSuccess(demo.first)
        const { rows, confirmed, batches } = demo.first
        task.title += ` – ${rows} rows, ${confirmed} of ${batches} batches confirmed`
      },
    },
    {
      title: 'The alarm fires again: nothing is left to do',
      task: async (demo, task) => {
        demo.second = await tick(demo.platform)
        requireSuccess(demo.second)
        task.title += ` – ${demo.second.rows} rows`
      },
    },
  ],
  { fallbackRenderer: 'simple', silentRendererCondition: () => json, exitOnError: true },
)

/** One tick of the alarm, and the report of the run that it caused. */
async function tick({ openwhisk }: Platform): Promise<RunReport> {
  const [activation] = await openwhisk.tick(flightsAlarm)
  const result = activation?.response.result as RunReport | { error: unknown } | undefined
  if (result && 'outcome' in result) return result
  throw new Error(`The alarm ${flightsAlarm} led to no report: ${JSON.stringify(result)}`)
}

function requireSuccess({ outcome, error }: RunReport): void {
  if (outcome === 'succeeded') return
  throw new Error(error ? `${error.message} ${error.remedy}` : `The run ended as ${outcome}.`)
}

function show({ platform, first, second }: Demo): void {
  const groups = new Map<string, number>()
  for (const { group } of platform.analytics.suites.hits(reportSuite))
    groups.set(group, (groups.get(group) ?? 0) + 1)
  console.log('\nWhat Analytics has stored:')
  for (const [group, hits] of groups) console.log(`  ${group}  ${hits} hits`)
  console.log(`  out of order: ${platform.analytics.suites.outOfOrder(reportSuite).length}`)
  console.log('\nThe report of the first run:')
  console.log(JSON.stringify(first, null, 2))
  console.log(`\nThe second run: ${second.outcome}, ${second.rows} rows.`)
  console.log('Demo pace: Adobe asks for 20 s between two files of a group; here there is no wait.')
  console.log('Next: `npm run local` keeps this platform up; README.md says how to write a job of your own.')
}

async function demonstrate(): Promise<void> {
  const demo: Partial<Demo> = {}
  try {
    await tasks.run(demo as Demo)
    if (!json) show(demo as Demo)
  } finally {
    if (json && demo.first) console.log(JSON.stringify({ ...demo.first, secondRun: demo.second }))
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
