import { refusedReport, reportAnswer, reportRequest } from './read-report'
import type { Clock } from '../../clock'
import type { AccessToken } from '../../auth/token-provider'
import type { ProofTools, ReportAnswer } from '../../destinations/destination'
import type { HttpAnswer } from './read-report'

export interface ReportReaderOptions {
  /** `https://analytics.adobe.io`, or the value of its input. */
  readonly baseUrl: string
  /** @throws JobError `input-missing` */
  readonly companyId: () => string
  /** @throws JobError when no token can be obtained */
  readonly token: () => Promise<AccessToken>
  /** Called with a token that was refused. */
  readonly drop: (token: AccessToken) => Promise<void>
  readonly clock: Clock
  readonly pace: () => Promise<void>
  readonly signal: AbortSignal
}

const adobeHost = 'https://analytics.adobe.io'
/** Adobe itself gives up after 60 s. */
const requestTimeoutMs = 65_000

/**
 * Reads reports through Adobe's own SDK, which is loaded with the first request, because that takes most of a second;
 * only this action contains it. The library knows one host and no time limit; both are set on each request.
 */
export function createReportReader(options: ReportReaderOptions): ProofTools['report'] {
  const { baseUrl, companyId, token, drop, clock, pace, signal } = options

  async function ask(request: object): Promise<ReportAnswer> {
    const current = await token()
    const { Analytics } = await import('@adobe/aio-sdk')
    const client = await Analytics.init(companyId(), current.clientId, current.value)
    const setHeaders = client.__setHeaders.bind(client)
    const ended = new AbortController()
    let answered: HttpAnswer | null = null
    const limit = AbortSignal.any([signal, ended.signal])
    client.__setHeaders = (outgoing, self) => {
      outgoing.url = outgoing.url.replace(adobeHost, baseUrl)
      outgoing.signal = limit
      outgoing.responseInterceptor = ({ status, headers }) => {
        answered = { status, retryAfter: headers['retry-after'] }
      }
      setHeaders(outgoing, self)
    }
    const timer = new AbortController()
    const late = clock.sleep(requestTimeoutMs, AbortSignal.any([signal, timer.signal])).then(
      () => ended.abort(new Error('no answer in time')),
      () => undefined,
    )
    try {
      const { body } = await client.getReport(request)
      return reportAnswer(body)
    } catch {
      // The library's message repeats the request, token included.
      const answer = refusedReport(answered, clock.now())
      if (answer.kind === 'unauthorized') await drop(current)
      return answer
    } finally {
      timer.abort()
      await late
    }
  }

  return async function report(query) {
    try {
      await pace()
    } catch {
      return { kind: 'unknown', message: 'There was no time left to ask.' }
    }
    return ask(reportRequest(query))
  }
}
