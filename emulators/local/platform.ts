import { randomBytes, randomUUID } from 'node:crypto'
import { startAnalytics } from '../analytics/analytics'
import { company } from '../analytics/read-api'
import { startFiles } from '../app-builder/files'
import { startOpenWhisk } from '../app-builder/openwhisk/openwhisk'
import { startState } from '../app-builder/state'
import { startTvm } from '../app-builder/tvm'
import { startIms } from '../ims/ims'
import { partnerClient, startPartnerApi } from '../partner-api/partner-api'
import type { AnalyticsEmulator } from '../analytics/analytics'
import type { BlobServer } from '../app-builder/azurite'
import type { FilesEmulator } from '../app-builder/files'
import type { Activation } from '../app-builder/openwhisk/activation'
import type { OpenWhiskEmulator } from '../app-builder/openwhisk/openwhisk'
import type { StateEmulator } from '../app-builder/state'
import type { TvmEmulator } from '../app-builder/tvm'
import type { ImsEmulator } from '../ims/ims'
import type { PartnerApiEmulator, PartnerApiOptions } from '../partner-api/partner-api'

export const namespace = '12345-ingest-stage'
/** `uuid:key` of the namespace; unguessable, because it deploys and runs code on this machine. */
export const apiKey = `local-uuid:canary-${randomUUID()}`
/** The token with which the `aio` CLI deploys. */
export const deployToken = `canary-${randomUUID()}`
export const reportSuite = 'exampleflights'

export const credential = {
  clientId: 'local-client-id',
  secrets: ['canary-s2s-client-secret'],
  orgId: '8C6767C25245AD1A0A490D4C@AdobeOrg',
  scopes: ['openid', 'AdobeID', 'read_organizations', 'additional_info.projectedProductContext'],
  technicalAccountId: '0123456789ABCDEF01234567@techacct.adobe.com',
}

/** A partner's Enterprise Web App credential. */
const enterprise = {
  clientId: 'local-enterprise-client-id',
  secrets: ['canary-enterprise-client-secret'],
  orgId: credential.orgId,
  scopes: credential.scopes,
  technicalAccountId: 'none@techacct.adobe.com',
}

/** Emulators of all hosted services that this app calls. */
export interface Platform {
  readonly ims: ImsEmulator
  readonly analytics: AnalyticsEmulator
  readonly partner: PartnerApiEmulator
  readonly files: FilesEmulator
  readonly tvm: TvmEmulator
  readonly state: StateEmulator
  readonly openwhisk: OpenWhiskEmulator
  /** The content that `.env` would have. */
  readonly inputs: Readonly<Record<string, string>>
  stop(): Promise<void>
}

/** Id of the classification set that names the origins of the flights. */
export function airportNames({ analytics }: Pick<Platform, 'analytics'>): string {
  return analytics.classifications.subscribedBy(reportSuite)[0]?.id ?? ''
}

export interface PlatformOptions {
  readonly partner?: PartnerApiOptions
  /** Overrides of the delivery protocol's times and sizes. */
  readonly settings?: object
  /** The key by which tokens are sealed (`TOKEN_ENCRYPTION_KEY`); by default a new one. */
  readonly encryptionKey?: string
  /** The first of the seven ports that it listens on; by default it takes any that are free. */
  readonly firstPort?: number
  /** Activations that run at a time; more get 429. Default: 100. */
  readonly activationsAtOnce?: number
  /** Called with each activation of an action that has ended. */
  readonly ended?: (activation: Activation) => void
  /** The blob server behind Files; by default the platform starts one. */
  readonly blobServer?: BlobServer
}

/** The services by the offset of their port from the first; Adobe I/O Runtime, which people call, comes first. */
const portOffsets = { openwhisk: 0, ims: 1, analytics: 2, partner: 3, files: 4, state: 5, tvm: 6 } as const

export async function startPlatform({
  settings = {},
  firstPort,
  partner: partnerOptions = {},
  activationsAtOnce = 100,
  ended = () => undefined,
  encryptionKey = randomBytes(32).toString('base64'),
  ...options
}: PlatformOptions = {}): Promise<Platform> {
  const at = (service: keyof typeof portOffsets) =>
    firstPort === undefined ? {} : { port: firstPort + portOffsets[service] }
  const ims = await startIms(at('ims'))
  ims.register(credential)
  const verifyToken = (token: string) => ims.verify(token)
  const [analytics, partner, files, state] = await Promise.all([
    startAnalytics({ verifyToken, ...at('analytics') }),
    startPartnerApi({ ...partnerOptions, ...at('partner') }),
    startFiles({ ...options, ...at('files') }),
    startState({ apiKey, ...at('state') }),
  ])
  analytics.suites.add(reportSuite)
  for (const name of ['Ad costs', 'Refunds']) analytics.dataSources.addAccount(reportSuite, name)
  analytics.classifications.add({
    columns: ['Name', 'City', 'State', 'Country'],
    subscriptions: [{ rsid: reportSuite, dimension: 'variables/evar1' }],
  })
  const [tvm, openwhisk] = await Promise.all([
    startTvm(files, { apiKey, ...at('tvm') }),
    startOpenWhisk({
      namespace,
      apiKey,
      deployToken,
      // The first is the library's own way to be pointed elsewhere, the second is read by example jobs.
      env: { AIO_STATE_ENDPOINT: state.url, PARTNER_URL: partner.url },
      verifyToken,
      activationsAtOnce,
      ended,
      ...at('openwhisk'),
    }),
  ])
  const connectUrl = `${openwhisk.url}/api/v1/web/${namespace}/analytics-ingest/connect`
  ims.register({ ...enterprise, redirectUris: [`${connectUrl}/callback`] })
  partner.redirectUris.push(`${connectUrl}/callback`)
  const services = [openwhisk, state, tvm, files, partner, analytics, ims]
  return {
    ims,
    analytics,
    partner,
    files,
    tvm,
    state,
    openwhisk,
    inputs: {
      LOG_LEVEL: 'info',
      IMS_BASE_URL: ims.url,
      ANALYTICS_BASE_URL: analytics.url,
      ANALYTICS_COLLECTION_BASE_URL: analytics.url,
      FILES_TVM_URL: tvm.url,
      IMS_CONSENT_URL: `${ims.url}/consent`,
      ANALYTICS_REPORT_SUITE: reportSuite,
      ANALYTICS_COMPANY_ID: company.globalCompanyId,
      DELIVERY_SETTINGS: JSON.stringify(settings),
      IMS_OAUTH_S2S_CLIENT_ID: credential.clientId,
      IMS_OAUTH_S2S_CLIENT_SECRET: credential.secrets.join(),
      IMS_OAUTH_S2S_ORG_ID: credential.orgId,
      IMS_OAUTH_S2S_SCOPES: JSON.stringify(credential.scopes),
      IMS_ADMIN_CLIENT_ID: enterprise.clientId,
      IMS_ADMIN_CLIENT_SECRET: enterprise.secrets.join(),
      IMS_ADMIN_SCOPES: enterprise.scopes.join(),
      TOKEN_ENCRYPTION_KEY: encryptionKey,
      FLIGHTS_API_BASE_URL: partner.url,
      FLIGHTS_API_CLIENT_ID: partnerClient.id,
      FLIGHTS_API_CLIENT_SECRET: partnerClient.secret,
      AD_COSTS_API_BASE_URL: partner.url,
      AD_COSTS_API_CLIENT_ID: partnerClient.id,
      AD_COSTS_API_CLIENT_SECRET: partnerClient.secret,
      AD_COSTS_DATA_SOURCE: 'Ad costs',
      REFUNDS_API_BASE_URL: partner.url,
      REFUNDS_API_CLIENT_ID: partnerClient.id,
      REFUNDS_API_CLIENT_SECRET: partnerClient.secret,
      REFUNDS_DATA_SOURCE: 'Refunds',
      OWNERS_FLIGHTS_API_BASE_URL: partner.url,
      OWNERS_FLIGHTS_API_CLIENT_ID: partnerClient.id,
      OWNERS_FLIGHTS_API_CLIENT_SECRET: partnerClient.secret,
    },
    async stop() {
      await Promise.all(services.map((service) => service.stop()))
    },
  }
}
