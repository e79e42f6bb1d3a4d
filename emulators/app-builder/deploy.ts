import { createRequire } from 'node:module'
import type { OpenWhiskEmulator } from './openwhisk/openwhisk'

/** App Builder's build and deploy code, which the `aio` CLI calls too. Neither package has types. */
interface AppConfig {
  readonly all: Readonly<Record<string, object>>
}
interface Runtime {
  buildActions(app: object, filter: null, skipCheck: boolean, emptyDist: boolean): Promise<readonly string[]>
  deployActions(app: object, options: { useForce: boolean }, log: (line: string) => void): Promise<object>
  undeployActions(app: object, log: (line: string) => void): Promise<void>
}

const load = createRequire(__filename)

export interface DeployTarget {
  readonly openwhisk: Pick<OpenWhiskEmulator, 'url'>
  readonly namespace: string
  readonly apiKey: string
  /** The content of `.env`. */
  readonly inputs: Readonly<Record<string, string>>
}

/** Builds all actions below `root`; returns the paths of their zips. Needs no account and no network. */
export async function buildApp(root: string): Promise<readonly string[]> {
  return inFolder(root, {}, async (app, runtime) => runtime.buildActions(app, null, true, true))
}

/** Deploys the built actions, always forced: after a failed deploy, an unforced one skips actions and reports success. */
export async function deployApp(root: string, target: DeployTarget): Promise<void> {
  await inFolder(root, environmentOf(target), (app, runtime) =>
    runtime.deployActions(app, { useForce: true }, () => undefined),
  )
}

export async function undeployApp(root: string, target: DeployTarget): Promise<void> {
  await inFolder(root, environmentOf(target), (app, runtime) => runtime.undeployActions(app, () => undefined))
}

function environmentOf({ openwhisk, namespace, apiKey, inputs }: DeployTarget): Record<string, string> {
  return {
    ...inputs,
    AIO_runtime_apihost: openwhisk.url,
    AIO_runtime_namespace: namespace,
    AIO_runtime_auth: apiKey,
    AIO_TELEMETRY_DISABLED: '1',
  }
}

/** Runs the CLI's code, which reads the working folder and the environment, and restores both. */
async function inFolder<Result>(
  root: string,
  environment: Readonly<Record<string, string>>,
  use: (app: object, runtime: Runtime) => Promise<Result>,
): Promise<Result> {
  const before = { folder: process.cwd(), env: { ...process.env } }
  process.chdir(root)
  Object.assign(process.env, environment)
  try {
    const appConfig = load('@adobe/aio-cli-lib-app-config') as { load(options: object): Promise<AppConfig> }
    const config = load('@adobe/aio-lib-core-config') as { reload(): void }
    config.reload()
    const { all } = await appConfig.load({ validateAppConfig: true })
    const app = all.application
    if (!app) throw new Error(`${root} has no application in app.config.yaml.`)
    return await use(app, load('@adobe/aio-lib-runtime') as Runtime)
  } finally {
    process.chdir(before.folder)
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name)
    Object.assign(process.env, before.env)
  }
}
