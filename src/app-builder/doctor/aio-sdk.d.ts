/** The part of the SDK that is used here; it has no types of its own. */
declare module '@adobe/aio-sdk' {
  export interface OutgoingRequest {
    url: string
    signal?: AbortSignal
    /** Sees every answer, errors included. */
    responseInterceptor?: (answer: {
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
    }) => void
  }
  export interface ReadApi {
    /** GET /metrics?rsid=… */
    getMetrics(reportSuite: string): Promise<{ readonly body: unknown }>
    /** POST /reports; `body` is the answer's own. */
    getReport(request: object): Promise<{ readonly body: unknown }>
    /** Called by the library with each request before it goes out. */
    __setHeaders(request: OutgoingRequest, client: ReadApi): void
  }
  export const Analytics: { init(companyId: string, apiKey: string, token: string): Promise<ReadApi> }
}
