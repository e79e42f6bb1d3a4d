/** The part of the SDK that is used here; it has no types of its own. */
declare module '@adobe/aio-sdk' {
  export interface ReadApi {
    /** GET /metrics?rsid=… */
    getMetrics(reportSuite: string): Promise<unknown>
    /** Called by the library with each request before it goes out. */
    __setHeaders(request: { url: string }, client: ReadApi): void
  }
  export const Analytics: { init(companyId: string, apiKey: string, token: string): Promise<ReadApi> }
}
