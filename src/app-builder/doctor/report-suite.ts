import * as z from 'zod'

const adobeHost = 'https://analytics.adobe.io'
const HttpFailure = z.object({ message: z.string() })

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
  // The library knows one host only.
  client.__setHeaders = (request, self) => {
    request.url = request.url.replace(adobeHost, access.baseUrl)
    setHeaders(request, self)
  }
  try {
    await client.getMetrics(reportSuite)
    return null
  } catch (error) {
    const message = HttpFailure.safeParse(error).data?.message ?? ''
    return /\b[45]\d\d\b|forbidden|unauthorized|not found/i.exec(message)?.[0] ?? 'no usable answer'
  }
}
