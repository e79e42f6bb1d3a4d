/** The used part of the library. Its own types do not describe these results. */
declare module '@adobe/aio-lib-ims/src/ims.js' {
  export class Ims {
    constructor(env: 'prod' | 'stage')
    endpoint: string
    getApiUrl(path: string): string
    toTokenResult(token: string): Promise<{ access_token: { expiry: number } }>
  }
  export function getTokenData(token: string): object
}
