import { startEmulator } from '../../emulators/emulator'
import { startFiles } from '../../emulators/app-builder/files'
import { startTvm } from '../../emulators/app-builder/tvm'
import { startIms } from '../../emulators/ims/ims'
import { createFilesStore } from '../../src/app-builder/storage/aio-files-store'
import { createTvm } from '../../src/app-builder/storage/tvm'
import { systemClock } from '../../src/clock'
import { main as connect } from '../fixtures/app/actions/connect'
import { main as runJob } from '../fixtures/app/actions/run-job'
import { main as triggerJob } from '../fixtures/app/actions/trigger-job'
import { sharedBlobServer } from '../fixtures/run/shared'
import { loopbackHttp as http } from '../fixtures/loopback-http'
import type { Emulator } from '../../emulators/emulator'
import type { FilesEmulator } from '../../emulators/app-builder/files'
import type { ImsEmulator } from '../../emulators/ims/ims'
import type { BlobStore } from '../../src/state/blob-store'

export const ownOrgId = '8C6767C25245AD1A0A490D4C@AdobeOrg'
export const customer = 'AAAABBBBCCCCDDDD0A495C14@AdobeOrg'
export const otherCustomer = 'BBBBCCCCDDDDEEEE0B506D25@AdobeOrg'
const apiKey = 'canary-uuid:canary-namespace-key'
const scopes = ['openid', 'AdobeID', 'read_organizations']

const actions = { connect, 'run-job': runJob, 'trigger-job': triggerJob }
type Action = keyof typeof actions

/** What a raw web action gets of a request; anything else goes along as the attacker wants it. */
export interface WebCall {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly body?: string
  readonly params?: Readonly<Record<string, unknown>>
}

export interface WebAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: string
}

/** The actions in this process, and what is hosted around them. */
export interface World {
  readonly ims: ImsEmulator
  readonly files: FilesEmulator
  /** Takes invocations of actions. */
  readonly runtime: Emulator
  readonly inputs: Readonly<Record<string, string>>
  /** The namespace's files, as the actions see them. */
  readonly store: BlobStore
  /** Lines that the actions have logged. */
  readonly printed: string[]
  /** Over the web, by anybody. */
  web(action: Action, call: WebCall): Promise<WebAnswer>
  /** By who holds the key of the namespace. */
  byKey(action: Action, params: object): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

let started = 0

export async function startWorld(changed: Readonly<Record<string, string>> = {}): Promise<World> {
  started += 1
  const namespace = `${process.pid}${started}-security-stage`
  const clientId = `client-${process.pid}-${started}`
  const ims = await startIms()
  const credential = { orgId: ownOrgId, scopes, technicalAccountId: 'ABC@techacct.adobe.com' }
  ims.register({ ...credential, clientId, secrets: ['canary-s2s-secret'] })
  const files = await startFiles({ blobServer: await sharedBlobServer() })
  const tvm = await startTvm(files, { apiKey })
  const runtime = await startEmulator(({ url }) =>
    url.endsWith('blocking=true')
      ? { status: 200, body: { activationId: 'ended', response: { result: { outcome: 'succeeded' } } } }
      : { status: 202, body: { activationId: 'started' } },
  )
  const connectUrl = 'https://connect.example'
  ims.register({
    ...credential,
    clientId: 'partner',
    secrets: ['canary-enterprise-secret'],
    redirectUris: [`${connectUrl}/callback`],
  })
  const printed: string[] = []
  for (const method of ['log', 'warn', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...line: unknown[]) => void printed.push(line.join(' ')))
  }
  const inputs = {
    LOG_LEVEL: 'debug',
    IMS_BASE_URL: ims.url,
    IMS_CONSENT_URL: `${ims.url}/consent`,
    FILES_TVM_URL: tvm.url,
    ANALYTICS_REPORT_SUITE: 'ownsuite',
    IMS_OAUTH_S2S_CLIENT_ID: clientId,
    IMS_OAUTH_S2S_CLIENT_SECRET: 'canary-s2s-secret',
    IMS_OAUTH_S2S_ORG_ID: ownOrgId,
    IMS_OAUTH_S2S_SCOPES: scopes.join(','),
    IMS_ADMIN_CLIENT_ID: 'partner',
    IMS_ADMIN_CLIENT_SECRET: 'canary-enterprise-secret',
    IMS_ADMIN_SCOPES: scopes.join(','),
    TOKEN_ENCRYPTION_KEY: 'q2n8zWJr0cT4pLx7Yd1VbK9mHs3GfEu6AoRiQtZwX5k=',
    CONNECT_URL: connectUrl,
    ...changed,
  }

  function call(action: Action, params: object): Promise<object> {
    Object.assign(process.env, {
      __OW_ACTIVATION_ID: 'activation',
      __OW_ACTION_NAME: `/${namespace}/analytics-ingest/${action}`,
      __OW_NAMESPACE: namespace,
      __OW_API_HOST: runtime.url,
      __OW_API_KEY: apiKey,
      __OW_DEADLINE: String(Date.now() + 60_000),
    })
    return actions[action]({ ...inputs, ...params })
  }

  const grants = createTvm({ url: tvm.url, namespace, apiKey, http, clock: systemClock, random: () => 0 })
  return {
    ims,
    files,
    runtime,
    inputs,
    store: createFilesStore({ tvm: grants, http, clock: systemClock, random: () => 0 }),
    printed,
    web: (action, { method = 'get', path = '', query = '', headers = {}, body = '', params = {} }) =>
      call(action, {
        __ow_method: method,
        __ow_path: path,
        __ow_query: query,
        __ow_headers: headers,
        __ow_body: body,
        ...params,
      }) as Promise<WebAnswer>,
    byKey: (action, params) => call(action, params) as Promise<Record<string, unknown>>,
    async stop() {
      jest.restoreAllMocks()
      await Promise.all([ims, files, tvm, runtime].map((service) => service.stop()))
    },
  }
}
