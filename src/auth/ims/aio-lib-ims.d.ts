/** The part of the library that is used here; its own types do not describe these results. */
declare module '@adobe/aio-lib-ims/src/ims.js' {
  export class Ims {
    constructor(env: 'prod' | 'stage')
    endpoint: string
    getApiUrl(path: string): string
    toTokenResult(token: string): Promise<{ access_token: { expiry: number } }>
  }
  export function getTokenData(token: string): object
}
