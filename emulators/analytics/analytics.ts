import { startEmulator } from '../emulator'
import { createClassifications, isClassificationsPath } from './classifications/classifications'
import { createCollection } from './collection'
import { createDataSources } from './data-sources/data-sources'
import { company, readApi } from './read-api'
import { createReportSuites } from './report-suites'
import { createReports } from './reports'
import type { Emulator, LoggedRequest, Reply, ServerOptions } from '../emulator'
import type { Memory } from '../memory'
import type { ClassificationsEmulator } from './classifications/classifications'
import type { AcceptedFile, CollectionKnobs } from './collection'
import type { DataSourcesApi } from './data-sources/data-sources'
import type { ReportSuites } from './report-suites'
import type { ReportKnobs } from './reports'

/** Options for behaviour that Adobe does not document: a test can choose each possibility. */
export interface AnalyticsKnobs extends CollectionKnobs, ReportKnobs {
  /** Answers 429 to more requests than `pace` permits. */
  enforcesPace: boolean
  /** Requests in any time of `ms`; by default one in a second. */
  pace: { readonly requests: number; readonly ms: number }
  /** `Retry-After` of a 429, in seconds; null omits the header. */
  retryAfter: number | null
  /** Client ids whose technical account has no product profile; they get error 403025. */
  readonly withoutProfile: Set<string>
}

export interface AnalyticsEmulator extends Emulator {
  readonly knobs: AnalyticsKnobs
  readonly suites: ReportSuites
  readonly classifications: Omit<ClassificationsEmulator, 'answer'>
  readonly files: readonly AcceptedFile[]
  readonly dataSources: DataSourcesApi
  /** Requests that got 429 because of `enforcesPace`. */
  refusedByPace(): number
  /** All that it has taken, by API. */
  readonly memories: Readonly<Record<string, Memory>>
}

/**
 * Adobe Analytics: collection (POST /events, POST /events/validate, GET /events/key/{key}), parts of the read API,
 * classifications and Data Sources 2.0.
 * @see https://developer.adobe.com/analytics-collection-apis/methods/bulk-data-insertion/
 */
export async function startAnalytics({
  now = Date.now,
  port = 0,
  verifyToken,
}: ServerOptions & {
  /** The claims of a valid token; null for any other. */
  readonly verifyToken: (token: string) => { readonly client_id: string } | null
}): Promise<AnalyticsEmulator> {
  const suites = createReportSuites()
  let takenAt: readonly number[] = []
  let refusals = 0
  const knobs: AnalyticsKnobs = {
    repeatedKey: 'ingests-again',
    withoutStatusCode: false,
    rejectedStatus: 200,
    lookupLagMs: 0,
    enforcesPace: false,
    pace: { requests: 1, ms: 1_000 },
    retryAfter: null,
    gzipLimit: 100 * 1024 * 1024,
    rawLimit: 1024 * 1024 * 1024,
    withoutProfile: new Set(),
    reportLagMs: 0,
    botRule: () => false,
    uniqueValues: 500_000,
    liveTotal: () => 0,
  }

  const collection = createCollection(suites, knobs, now)
  const classifications = createClassifications(now)
  const dataSources = createDataSources(now)
  const reports = createReports(suites, knobs, now, (suite) => dataSources.rows(suite))

  function handle(request: LoggedRequest): Reply {
    const { pathname } = new URL(request.url, 'http://analytics')
    const refusal = gateway(request)
    if (refusal) return refusal
    if (request.method === 'POST' && pathname === `/api/${company.globalCompanyId}/reports`)
      return reports.answer(request)
    if (isClassificationsPath(pathname)) return classifications.answer(request, pathname)
    if (!pathname.startsWith('/aa/')) return dataSources.answer(request) ?? readApi(request, suites)
    return paced() ?? collection.answer(request, pathname)
  }

  function gateway({ headers }: LoggedRequest): Reply | null {
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
    if (!token) return { status: 401, body: { error: 'Token validation failed' } }
    const claims = verifyToken(token)
    if (!claims) return { status: 401, body: { error: 'Invalid token (1)' } }
    if (headers['x-api-key'] !== claims.client_id) {
      return { status: 403, body: { error_code: '403003', message: 'Api Key is invalid' } }
    }
    if (knobs.withoutProfile.has(claims.client_id)) {
      return { status: 403, body: { error_code: '403025', message: 'Profile is not valid' } }
    }
    return null
  }

  function paced(): Reply | null {
    const { requests, ms } = knobs.pace
    takenAt = takenAt.filter((at) => now() - at < ms)
    if (knobs.enforcesPace && takenAt.length >= requests) {
      refusals += 1
      return tooMany(knobs.retryAfter)
    }
    takenAt = [...takenAt, now()]
    return null
  }

  const emulator = await startEmulator(handle, { now, port })
  const { files } = collection
  const memories = {
    ...{ suites: suites.memory, collection: collection.memory },
    ...{ classifications: classifications.memory, dataSources: dataSources.memory },
  }
  return {
    ...emulator,
    knobs,
    suites,
    classifications,
    files,
    dataSources,
    memories,
    refusedByPace: () => refusals,
  }
}

function tooMany(retryAfter: number | null): Reply {
  return {
    status: 429,
    ...(retryAfter === null ? {} : { headers: { 'retry-after': String(retryAfter) } }),
    body: { error_code: '429050', message: 'Too many requests' },
  }
}
