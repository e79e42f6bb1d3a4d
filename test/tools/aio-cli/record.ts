import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '../../../emulators/emulator'
import { startOpenWhisk } from '../../../emulators/app-builder/openwhisk/openwhisk'
import { forgetful, shapeOf } from './exchange'
import type { LoggedRequest, Reply } from '../../../emulators/emulator'
import type { Exchange, Recording } from './exchange'

/**
 * Records the requests of the real `aio` CLI, for test/fixtures/aio-cli.json. It needs the CLI, installed in a folder of
 * its own:
 * `node --require esbuild-register test/tools/aio-cli/record.ts <path of aio>`
 */
const namespace = '12345-probe-stage'
const apiKey = 'uuid:key'
const deployToken = 'token'

const manifest = `application:
  runtimeManifest:
    packages:
      probe:
        license: Apache-2.0
        actions:
          run: { function: run.js, runtime: 'nodejs:22', web: 'no', annotations: { final: true } }
        triggers:
          wake:
            feed: /whisk.system/alarms/alarm
            inputs: { cron: '*/15 * * * *', trigger_payload: { job: flights } }
        rules:
          wake-run: { trigger: wake, action: run }
`
const action = "exports.main = async (params) => { console.log('ran'); return { params } }\n"

interface TextReply extends Reply {
  readonly body: string
}

/** `{id}` stands for the newest activation of the action. */
const commands = [
  'app deploy --force-deploy',
  'app deploy --force-deploy',
  'rt action list',
  'rt action get probe/run',
  'rt action invoke probe/run --param n 3 --result',
  'rt action invoke probe/run --param n 3',
  'rt trigger list',
  'rt trigger get wake',
  'rt trigger fire wake --param k v',
  'rt rule list',
  'rt rule get wake-run',
  'rt activation list --limit 2',
  'rt activation get {id}',
  'rt activation result {id}',
  'rt activation logs {id}',
  'rt activation logs --last',
  'app logs',
  'app undeploy',
]

async function record(cli: string): Promise<readonly Recording[]> {
  const openwhisk = await startOpenWhisk({ namespace, apiKey, deployToken })
  let exchanges: Exchange[] = []
  const proxy = await startEmulator(async (request) => {
    const reply = await forward(openwhisk.url, request)
    exchanges.push(exchangeOf(request, reply))
    return reply
  })
  const folder = mkdtempSync(join(tmpdir(), 'aio-cli-'))
  const recordings: Recording[] = []
  try {
    writeApp(folder)
    for (const command of commands) {
      exchanges = []
      const id = openwhisk.activations.finished.findLast(({ name }) => name === 'run')?.activationId ?? ''
      await run(cli, command.replace('{id}', id).split(' '), folder, proxy.url)
      recordings.push({ command: `aio ${command}`, exchanges })
      while (openwhisk.activations.busy().length > 0) await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    rmSync(folder, { recursive: true })
    await proxy.stop()
    await openwhisk.stop()
  }
  return recordings
}

function writeApp(folder: string): void {
  mkdirSync(join(folder, 'home'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'probe', version: '0.0.1' }))
  writeFileSync(join(folder, 'app.config.yaml'), manifest)
  writeFileSync(join(folder, 'run.js'), action)
}

async function run(cli: string, args: readonly string[], folder: string, url: string): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    HOME: join(folder, 'home'),
    AIO_TELEMETRY_DISABLED: '1',
    AIO_runtime_namespace: namespace,
    AIO_runtime_auth: apiKey,
    AIO_runtime_apihost: url,
    AIO_DEPLOY_SERVICE_URL: url,
    AIO_ims_contexts_cli_access__token_token: deployToken,
    AIO_ims_contexts_cli_access__token_expiry: '99999999999999',
  }
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ['ignore', 2, 2] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`aio ${args.join(' ')} ended with ${code}`)
}

async function forward(origin: string, { method, url, headers, body }: LoggedRequest): Promise<TextReply> {
  const { authorization = '', 'content-type': type = 'application/json' } = headers
  const answer = await fetch(origin + url, {
    method,
    headers: { authorization, 'content-type': type },
    ...(body.length > 0 ? { body } : {}),
  })
  return {
    status: answer.status,
    headers: { 'content-type': answer.headers.get('content-type') ?? 'application/json' },
    body: await answer.text(),
  }
}

function exchangeOf(
  { method, url, headers, body }: LoggedRequest,
  { status, body: answer }: TextReply,
): Exchange {
  return {
    method,
    path: forgetful(url),
    authorization: (headers.authorization ?? '').split(' ')[0] ?? '',
    ...(body.length > 0 ? { body: JSON.parse(forgetful(body.toString())) as object } : {}),
    status,
    shape: shapeOf(answer),
  }
}

record(process.argv[2] ?? '').then(
  (recordings) => console.log(JSON.stringify(recordings, null, 2)),
  (error: unknown) => {
    console.error(error)
    process.exitCode = 1
  },
)
