import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { buildApp } from '../../emulators/app-builder/deploy'
import { root } from '../../emulators/local/root'
import { sideBySideJobs } from './jobs'

const packageName = 'analytics-ingest'

interface Action {
  readonly inputs: Readonly<Record<string, string>>
}
interface ShippedManifest {
  readonly runtimeManifest: {
    readonly packages: Readonly<Record<string, { readonly actions: Readonly<Record<string, Action>> }>>
  }
}

/** A built app, deployed from `folder`. */
export interface BuiltApp {
  readonly folder: string
  remove(): void
}

/** The alarm of a job. */
export const alarmOf = (job: string): string => `${job}-alarm`

/** Builds `run-job` as this project ships it, with the jobs of the bench and an alarm for each. */
export async function buildJobs(): Promise<BuiltApp> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-scale-out-'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'scale-out', version: '1.0.0' }))
  // JSON is YAML.
  writeFileSync(
    join(folder, 'app.config.yaml'),
    JSON.stringify({ application: { runtimeManifest: manifest() } }),
  )
  await buildApp(folder)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

function manifest(): object {
  const shipped = parse(readFileSync(join(root, 'ext.config.yaml'), 'utf8')) as ShippedManifest
  const action = shipped.runtimeManifest.packages[packageName]?.actions['run-job']
  if (!action) throw new RangeError('ext.config.yaml has no action run-job.')
  const names = sideBySideJobs.map(({ name }) => name)
  const alarms = names.map((job) => [
    alarmOf(job),
    {
      feed: '/whisk.system/alarms/alarm',
      inputs: { cron: '*/15 * * * *', trigger_payload: { job } },
    },
  ])
  const rules = names.map((job) => [`run-${job}`, { trigger: alarmOf(job), action: 'run-job' }])
  const runJob = {
    ...action,
    function: join(__dirname, 'actions', 'run-job.ts'),
    inputs: { ...action.inputs, URL: '$URL', SUITE: '$SUITE' },
  }
  return {
    packages: {
      [packageName]: {
        license: 'Apache-2.0',
        actions: { 'run-job': runJob },
        triggers: Object.fromEntries(alarms) as object,
        rules: Object.fromEntries(rules) as object,
      },
    },
  }
}
