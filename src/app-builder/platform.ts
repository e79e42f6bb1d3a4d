import { inputsFrom } from '../inputs'
import { invokeAction } from './invoke-action'
import { readCredentials } from './params/credential-params'
import { readSealer } from './params/encryption-key'
import { readServiceUrls } from './params/parse-inputs'
import { readRuntime } from './params/runtime'
import { clock, http, random } from './container'
import { ownNamespace } from './namespace'
import { filesStore, stateStore } from './storage/stores'
import type { ImsContext } from '../auth/ims/ims-client'
import type { ImsCredentials } from '../auth/ims/credentials'
import type { Redactor } from '../http/redact'
import type { Inputs } from '../inputs'
import type { Job } from '../definition/job'
import type { Log } from '../log'
import type { BlobStore } from '../state/blob-store'
import type { KeyValueStore } from '../state/key-value-store'
import type { Sealer } from '../state/sealer'
import type { ServiceUrls } from './params/base-urls'
import type { Runtime } from './params/runtime'

export type ActionParams = Readonly<Record<string, unknown>>

/** The params of one activation and the platform's services, read once. Functions take the members that they use. */
export interface Platform {
  /** Every job of the app. */
  readonly jobs: readonly Job[]
  readonly params: ActionParams
  readonly log: Log
  readonly redactor: Redactor
  readonly runtime: Runtime
  readonly urls: ServiceUrls
  readonly credentials: ImsCredentials
  readonly ims: ImsContext
  /**
   * Values of a job's inputs; those of a tenant override the app's own. The redactor learns a secret when it is
   * resolved.
   */
  readonly inputsOf: (own?: Readonly<Record<string, string>>) => Inputs
  /** App Builder Files: durable. */
  readonly files: BlobStore
  /** App Builder State: may be lost. */
  readonly state: KeyValueStore
  /** Null without `TOKEN_ENCRYPTION_KEY`. */
  readonly sealer: Sealer | null
  /** Invokes an action of this package without waiting for it; returns the activation's id. */
  readonly invoke: (action: string, params: Readonly<Record<string, string | boolean>>) => Promise<string>
}

/** The composition root of every action. @throws JobError `input-missing`, `input-invalid` */
export function openPlatform(
  params: ActionParams,
  env: NodeJS.ProcessEnv,
  { jobs, log, redactor }: Pick<Platform, 'jobs' | 'log' | 'redactor'>,
): Platform {
  const runtime = readRuntime(env)
  const urls = readServiceUrls(params)
  return {
    jobs,
    params,
    log,
    redactor,
    runtime,
    urls,
    credentials: readCredentials(params),
    ims: { baseUrl: urls.ims, http, clock, random },
    inputsOf: (own = {}) => inputsFrom({ ...params, ...own }, redactor.add),
    files: filesStore(urls, runtime),
    state: stateStore(runtime),
    sealer: readSealer(params),
    invoke: (action, payload) =>
      invokeAction(http, { clock, random }, ownNamespace(runtime), action, payload),
  }
}
