import * as z from 'zod'

const adobeHost = 'https://analytics.adobe.io'
const HttpFailure = z.object({ message: z.string() })
/** Every suite has metrics of Adobe's own. An error, or the page of a proxy, comes with 200 as well. */
const Metrics = z.array(z.object({ id: z.string() })).min(1)
/** Adobe itself gives up after 60 s. */
const timeoutMs = 65_000

export interface ReadApiAccess {
  readonly baseUrl: string
  readonly companyId: string
  readonly clientId: string
  readonly token: string
}

/**
 * Whether a report suite can be read, asked through Adobe's own SDK, which is loaded here alone.
 * @returns null, or the reason why not
 */
export async function whyUnreadable(access: ReadApiAccess, reportSuite: string): Promise<string | null> {
  const { Analytics } = await import('@adobe/aio-sdk')
  const client = await Analytics.init(access.companyId, access.clientId, access.token)
  const setHeaders = client.__setHeaders.bind(client)
  // The library knows one host only, and no time limit.
  client.__setHeaders = (request, self) => {
    request.url = request.url.replace(adobeHost, access.baseUrl)
    request.signal = AbortSignal.timeout(timeoutMs)
    setHeaders(request, self)
  }
  try {
    const { body } = await client.getMetrics(reportSuite)
    return Metrics.safeParse(body).success ? null : 'the answer is no list of metrics'
  } catch (error) {
    const message = HttpFailure.safeParse(error).data?.message ?? ''
    return /\b[45]\d\d\b|forbidden|unauthorized|not found/i.exec(message)?.[0] ?? 'no usable answer'
  }
}
