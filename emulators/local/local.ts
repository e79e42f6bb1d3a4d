import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildOnce, projectInputs } from '../app-builder/build-once'
import { deployApp } from '../app-builder/deploy'
import { apiKey, deployToken, namespace, startPlatform } from './platform'
import { demoPace, root } from './root'
import { runLine } from './run-line'
import { shippedJobs } from './shipped-jobs'
import { createSteps } from './steps'
import type { Platform } from './platform'

/** The usual port of an OpenWhisk on one's own machine. */
const usualPort = '3233'
const environmentFile = join('dist', 'local.env')

/**
 * `npm run local`: the platform stays up, its alarms fire in real time, and the real `aio` CLI can be pointed at it.
 * Progress and a line for each run go to stderr; the `export` lines go to stdout and to a file that a shell can source.
 */
async function local(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: usualPort } } })
  const steps = createSteps(process.stderr)
  const platform = await steps.step(
    'Start IMS, Analytics, a partner API, Files, State and Adobe I/O Runtime',
    () => start(Number(values.port)),
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void platform.stop().finally(() => process.exit()))
  }
  const { openwhisk, inputs } = platform
  await steps.step("Build the actions with App Builder's own code, and check their types", () =>
    buildOnce(root, projectInputs),
  )
  await steps.step('Deploy package, actions, alarms and rules', () =>
    deployApp(root, { openwhisk, namespace, apiKey, inputs }),
  )
  openwhisk.alarms.start()
  tell(platform)
}

/** @throws Error that names the port, where one is taken or not a port */
async function start(firstPort: number): Promise<Platform> {
  if (!Number.isInteger(firstPort) || firstPort < 1 || firstPort > 65_000)
    throw new RangeError('--port takes a number from 1 to 65000, such as --port 4000.')
  try {
    return await startPlatform({
      settings: demoPace,
      firstPort,
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

function tell({ openwhisk, inputs }: Platform): void {
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
      '# The alarms of ext.config.yaml fire by themselves. Ctrl-C ends the platform; nothing is kept.',
      '# Each run gets a line below.',
    ].join('\n'),
  )
}

local().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
