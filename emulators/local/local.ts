import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildOnce, projectInputs } from '../app-builder/build-once'
import { deployApp } from '../app-builder/deploy'
import { openKeptData } from './kept-data'
import { apiKey, deployToken, namespace, startPlatform } from './platform'
import { demoPace, root } from './root'
import { runLine } from './run-line'
import { shippedJobs } from './shipped-jobs'
import { createSteps } from './steps'
import type { KeptData } from './kept-data'
import type { Platform } from './platform'
import type { Steps } from './steps'

/** The usual port of an OpenWhisk on one's own machine. */
const usualPort = '3233'
const environmentFile = join('dist', 'local.env')
const keptFolder = '.local'

/**
 * `npm run local`: the platform stays up, its alarms fire in real time, and the real `aio` CLI can be pointed at it.
 * Progress and a line for each run go to stderr; the `export` lines go to stdout and to a file that a shell can source.
 * With `--keep` its data is stored when it ends, and the next start with `--keep` continues with it.
 */
async function local(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, keep: { type: 'boolean' } } })
  const steps = createSteps(process.stderr)
  const kept = values.keep === true ? openKeptData(join(root, keptFolder)) : null
  process.once('exit', () => kept?.release())
  const firstPort = portOf(values.port, kept)
  const platform = await steps.step(
    'Start IMS, Analytics, a partner API, Files, State and Adobe I/O Runtime',
    () => start(firstPort, kept),
  )
  if (kept) await continueWith(kept, platform, steps)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      end(platform, kept, firstPort).then(() => process.exit(), fail)
    })
  }
  const { openwhisk, inputs } = platform
  await steps.step("Build the actions with App Builder's own code, and check their types", () =>
    buildOnce(root, projectInputs),
  )
  await steps.step('Deploy package, actions, alarms and rules', () =>
    deployApp(root, { openwhisk, namespace, apiKey, inputs }),
  )
  openwhisk.alarms.start()
  tell(platform, kept)
}

/** @throws RangeError where it is no port, or not the one of the data that is kept */
function portOf(given: string | undefined, kept: KeptData | null): number {
  const before = kept?.stored?.firstPort
  const firstPort = Number(given ?? before ?? usualPort)
  if (!Number.isInteger(firstPort) || firstPort < 1 || firstPort > 65_000)
    throw new RangeError('--port takes a number from 1 to 65000, such as --port 4000.')
  if (before !== undefined && before !== firstPort)
    throw new RangeError(
      `The data in ${keptFolder} is of a platform on port ${before}, and the state of its jobs names that address. Leave --port out, or begin without data: rm -r ${keptFolder}`,
    )
  return firstPort
}

/** Before anything is deployed, so that no run begins on the data of another time. */
async function continueWith(kept: KeptData, platform: Platform, steps: Steps): Promise<void> {
  const { stored, wasLeft } = kept
  if (wasLeft)
    process.stderr.write(
      `! The platform before was killed, so its data was not kept${stored ? ': this one continues with what was kept before it' : ''}.\n`,
    )
  if (stored) await steps.step(`Continue with the data of ${stored.at}`, () => kept.restore(platform))
}

/** Ends every action before the data is stored, so that state and rows are of the same moment. */
async function end(platform: Platform, kept: KeptData | null, firstPort: number): Promise<void> {
  await platform.openwhisk.stop()
  if (kept) {
    await kept.save(platform, firstPort, Date.now())
    process.stderr.write(`The data is kept in ${keptFolder}. To continue: npm run local -- --keep\n`)
  }
  await platform.stop()
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

/** @throws Error that names the port, where one is taken */
async function start(firstPort: number, kept: KeptData | null): Promise<Platform> {
  const { encryptionKey } = kept?.stored ?? {}
  try {
    return await startPlatform({
      settings: demoPace,
      firstPort,
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
      ended: (activation) => process.stderr.write(`${runLine(activation)}\n`),
    })
  } catch (error) {
    const { code, port } = error as { code?: string; port?: number }
    if (code !== 'EADDRINUSE') throw error
    throw new Error(
      `Port ${port ?? firstPort} of 127.0.0.1 is taken, perhaps by another npm run local. End that program, or choose seven other ports: npm run local -- --port 4000`,
      { cause: error },
    )
  }
}

function tell({ openwhisk, inputs }: Platform, kept: KeptData | null): void {
  const environment = {
    ...inputs,
    AIO_TELEMETRY_DISABLED: '1',
    AIO_runtime_namespace: namespace,
    AIO_runtime_auth: apiKey,
    AIO_runtime_apihost: openwhisk.url,
    AIO_DEPLOY_SERVICE_URL: openwhisk.url,
    AIO_ims_contexts_cli_access__token_token: deployToken,
    AIO_ims_contexts_cli_access__token_expiry: '99999999999999',
  }
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'`)
  const path = join(root, environmentFile)
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 })
  // The mode above counts only where the file is new.
  chmodSync(path, 0o600)
  for (const line of lines) console.log(line)
  console.log(
    [
      `\n# Status page: ${openwhisk.url}/api/v1/web/${namespace}/analytics-ingest/job-status`,
      `# In another terminal, read these lines from their file; then, for example:`,
      `#   source ${environmentFile}`,
      '#   npm run job -- run flights',
      '#   npm run doctor',
      '#   aio rt action invoke analytics-ingest/run-job --param job flights --result',
      ...shippedJobs.map(({ alarm }) => `#   aio rt trigger fire ${alarm}`),
      '#   aio rt activation list',
      '#   aio app deploy --force-deploy',
      `# The alarms of ext.config.yaml fire by themselves. Ctrl-C ends the platform; ${kept ? `its data is kept in ${keptFolder}` : 'nothing is kept (--keep keeps its data)'}.`,
      '# Each run gets a line below.',
    ].join('\n'),
  )
}

local().catch(fail)
