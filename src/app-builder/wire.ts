import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { imsTokenProvider } from '../auth/ims/ims-chain'
import { systemClock } from '../clock'
import { createHttpClient } from '../http/node-fetch-client'
import { inputsFrom } from '../inputs'
import { findJob } from '../jobs'
import { openBatchFile } from '../pipeline/staging/batch-file'
import { createDeadline } from '../pipeline/deadline'
import { createFilesStore } from './aio-files-store'
import { readCredentials } from './credential-params'
import { invokeAction } from './invoke-action'
import { readServiceUrls, readSettings } from './parse-inputs'
import { readRuntime } from './runtime'
import { createTvm } from './tvm'
import type { ImsCredentials } from '../auth/ims/credentials'
import type { CachedTokenProvider } from '../auth/token-provider'
import type { Authorization } from '../destinations/destination'
import type { Log } from '../log'
import type { RunDependencies } from '../pipeline/run-context'
import type { BlobStore } from '../state/blob-store'
import type { ServiceUrls } from './base-urls'
import type { ActionContext } from './define-action'
import type { RunParams } from './run-params'
import type { Runtime } from './runtime'

/** Lives as long as the container: connections are kept and tokens reused across activations. */
const clock = systemClock
const http = createHttpClient({ clock })
const random = Math.random
const tokenProviders = new Map<string, CachedTokenProvider>()
const stores = new Map<string, BlobStore>()

/**
 * The composition root: action params and platform in, everything a run needs out.
 * @throws JobError `job-unknown`, `input-missing`, `input-invalid`
 */
export function wire({ params, log, redactor }: ActionContext, request: RunParams): RunDependencies {
  const runtime = readRuntime(process.env)
  const urls = readServiceUrls(params)
  const settings = readSettings(params)
  const credentials = readCredentials(params)
  const inputs = inputsFrom(params)
  const job = findJob(request.job)
  const token = tokenProvider(credentials, urls, log)

  return {
    job,
    source: job.source.open({ inputs, http, clock, random, log }),
    destination: job.destination.open({
      job: job.name,
      inputs,
      http,
      authorize: () => authorize(token, (value) => redactor.add(value)),
      identity: identityOf(credentials),
      endpoints: urls,
      pace: settings,
      clock,
      log,
    }),
    store: filesStore(urls, runtime),
    settings,
    request,
    clock,
    deadline: createDeadline(runtime.deadline, clock),
    log,
    activation: runtime.activationId,
    scratch: tmpdir(),
    openFile: openBatchFile,
    newId: randomUUID,
    continueLater: () => invokeAction(http, runtime, runtime.actionName, { job: job.name }),
  }
}

function tokenProvider(credentials: ImsCredentials, urls: ServiceUrls, log: Log): CachedTokenProvider {
  const key = JSON.stringify([urls.ims, credentials])
  let provider = tokenProviders.get(key)
  if (!provider) {
    provider = imsTokenProvider(credentials, { baseUrl: urls.ims, http, clock, random }, log)
    tokenProviders.set(key, provider)
  }
  return provider
}

/** One per container, so that an idle tick costs a single read and no new grant. */
function filesStore({ tvm: url }: ServiceUrls, { namespace, apiKey }: Runtime): BlobStore {
  const key = JSON.stringify([url, namespace, apiKey])
  let store = stores.get(key)
  if (!store) {
    const tvm = createTvm({ url, namespace, apiKey, http, clock, random })
    store = createFilesStore({ tvm, http, clock, random })
    stores.set(key, store)
  }
  return store
}

async function authorize(
  token: CachedTokenProvider,
  learn: (secret: string) => void,
): Promise<Authorization> {
  const current = await token()
  learn(current.value)
  return {
    headers: { authorization: `Bearer ${current.value}`, 'x-api-key': current.clientId },
    drop: () => token.drop(current),
  }
}

/** Whose data it is: decides where a batch in doubt may be asked for. */
function identityOf({ serverToServer, jwt }: ImsCredentials): {
  readonly clientId: string
  readonly orgId: string
} {
  const configured = 'missing' in serverToServer ? jwt : serverToServer
  if ('missing' in configured) return { clientId: '', orgId: '' }
  return { clientId: configured.clientId, orgId: configured.orgId }
}
