import { setTimeout as sleep } from 'node:timers/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readEnvironmentFile } from '../../src/app-builder/environment-file'
import { show } from '../../src/cli/show'
import { toJobError } from '../../src/errors'
import { findJob } from '../../src/definition/find-job'
import { openJob } from '../../src/definition/open-job'
import { jobs } from '../../src/jobs'
import { buildOnce, projectInputs } from '../app-builder/build-once'
import { deployApp } from '../app-builder/deploy'
import { partnerClient } from '../partner-api/partner-api'
import { apiKey, namespace, startPlatform } from './platform'
import { demoPace, root } from './root'
import { createSteps } from './steps'
import { alarmOf, inputsOfTrial } from './trial-inputs'
import { prepareTarget, storedLines } from './trial-target'
import type { RunReport } from '../../src/state/run-report'
import type { Platform } from './platform'

/** Ticks after which a job that still has work counts as partial. */
const mostTicks = 40
const pauseMs = 250

/**
 * `npm run job -- try <job>`: starts the local platform, deploys this app to it, and fires the job's alarm until all of
 * its rows are confirmed. Exit codes: 0 confirmed, 1 failed, 3 partial.
 */
async function tryJob(): Promise<number> {
  const options = { practice: { type: 'boolean' }, json: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const job = openJob(findJob(jobs, positionals[0] ?? ''))
  const alarm = alarmOf(readFileSync(join(root, 'ext.config.yaml'), 'utf8'), job.name)
  const given = { ...readEnvironmentFile(join(root, '.env')), ...process.env }
  // Faults of the inputs are found before anything is started.
  const inputsAt = (url: string) =>
    inputsOfTrial(job, given, values.practice === true ? { url, client: partnerClient } : null)
  inputsAt('http://127.0.0.1')

  const steps = createSteps(process.stderr)
  const starting = 'Start the local platform: IMS, Analytics, Files and OpenWhisk on this machine'
  const platform = await steps.step(starting, () => startPlatform({ settings: demoPace }))
  try {
    const inputs = { ...platform.inputs, ...inputsAt(platform.partner.url) }
    await prepareTarget(job, platform, inputs)
    await steps.step("Build the actions with App Builder's own code, and check their types", () =>
      buildOnce(root, projectInputs),
    )
    await steps.step('Deploy package, actions, alarms and rules', () =>
      deployApp(root, { openwhisk: platform.openwhisk, namespace, apiKey, inputs }),
    )
    const reports = await steps.step(`Fire the alarm ${alarm} until all rows are confirmed`, () =>
      tickUntilDone(platform, alarm),
    )
    const report = total(reports)
    if (values.json === true) console.log(JSON.stringify(report))
    else console.log([show('report', report), ...storedLines(job, platform)].join('\n'))
    return { succeeded: 0, skipped: 0, partial: 3, failed: 1 }[report.outcome]
  } finally {
    await platform.stop()
  }
}

/** Fires the alarm until a run succeeds with nothing pending, or fails. */
async function tickUntilDone({ openwhisk }: Platform, alarm: string): Promise<readonly RunReport[]> {
  const reports: RunReport[] = []
  while (reports.length < mostTicks) {
    const [activation] = await openwhisk.tick(alarm)
    const result = activation?.response.result as RunReport | { error: unknown } | undefined
    if (!result || !('outcome' in result)) {
      throw new Error(`The alarm ${alarm} led to no report: ${JSON.stringify(result)}`)
    }
    reports.push(result)
    const isWaiting = result.pending > 0 || result.outcome === 'partial'
    if (result.outcome === 'failed' || !isWaiting || result.reason === 'approval') return reports
    await sleep(pauseMs)
  }
  return reports
}

const figures = ['records', 'rows', 'rejects', 'duplicates', 'repeated', 'batches', 'confirmed'] as const

/** The last report, with the figures of all of them. */
function total(reports: readonly RunReport[]): RunReport {
  const last = reports.at(-1)
  if (!last) throw new RangeError('There was no run.')
  const sum = (name: (typeof figures)[number]) => reports.reduce((all, report) => all + report[name], 0)
  return { ...last, ...Object.fromEntries(figures.map((name) => [name, sum(name)])) }
}

tryJob().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const { message, remedy } = toJobError(thrown)
    console.error(`✖ ${message}\n  → ${remedy}`)
    process.exit(1)
  },
)
