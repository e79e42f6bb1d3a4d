import { buildApp, deployApp } from '../app-builder/deploy'
import { apiKey, deployToken, namespace, startPlatform } from './platform'
import { demoPace, root } from './root'
import { shippedJobs } from './shipped-jobs'

/** `npm run local`: the platform stays up, its alarms fire in real time, and the real `aio` CLI can be pointed at it. */
async function local(): Promise<void> {
  const [platform] = await Promise.all([startPlatform({ settings: demoPace }), buildApp(root)])
  const { openwhisk, inputs } = platform
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void platform.stop().finally(() => process.exit()))
  }

  await deployApp(root, { openwhisk, namespace, apiKey, inputs })
  openwhisk.alarms.start()

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
  for (const [name, value] of Object.entries(environment)) console.log(`export ${name}='${value}'`)
  console.log(`\n# Status page: ${openwhisk.url}/api/v1/web/${namespace}/analytics-ingest/job-status`)
  console.log('# Paste the lines above into another terminal; then, for example:')
  console.log('#   aio rt action invoke analytics-ingest/run-job --param job flights --result')
  for (const { alarm } of shippedJobs) console.log(`#   aio rt trigger fire ${alarm}`)
  console.log('#   aio rt activation list')
  console.log('#   aio app deploy --force-deploy')
  console.log(
    '# The alarms of ext.config.yaml fire by themselves. Ctrl-C ends the platform; nothing is kept.',
  )
}

local().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
