import { createHash } from 'node:crypto'
import { imsChain } from '../auth/ims/ims-chain'
import { memoize } from '../auth/memoize'
import { share } from '../auth/share'
import { clock, http, oncePerContainer, random } from './container'
import { readCredentials } from './params/credential-params'
import { readSealer } from './params/encryption-key'
import { stateStore } from './storage/stores'
import type { ImsContext } from '../auth/ims/ims-client'
import type { ImsCredentials } from '../auth/ims/credentials'
import type { CachedTokenProvider } from '../auth/token-provider'
import type { Log } from '../log'
import type { ServiceUrls } from './params/base-urls'
import type { ActionParams } from './define-action'
import type { Runtime } from './params/runtime'

const providers = oncePerContainer<CachedTokenProvider>()

export interface ServiceTokenRequest {
  readonly params: ActionParams
  readonly urls: ServiceUrls
  readonly runtime: Runtime
  readonly log: Log
  /** The customer whose data is meant; absent for the app's own organisation. */
  readonly tenantOrgId?: string
}

/** The service token: kept in memory and, encrypted, shared between containers where there is a key for that. */
export function serviceToken(request: ServiceTokenRequest): CachedTokenProvider {
  const { params, urls, runtime, log, tenantOrgId } = request
  const credentials = readCredentials(params)
  const sealer = readSealer(params)
  const identity = [urls.ims, credentials, tenantOrgId]
  return providers([identity, sealer !== null], () => {
    const tenant = tenantOrgId === undefined ? {} : { tenantOrgId }
    const provider = imsChain(credentials, imsContext(urls), { log, ...tenant })
    if (!sealer) return memoize(provider, clock)
    const key = `token/${createHash('sha256').update(JSON.stringify(identity)).digest('hex')}`
    return memoize(share(provider, { store: stateStore(runtime), sealer, key, clock, log }), clock)
  })
}

export function imsContext({ ims: baseUrl }: ServiceUrls): ImsContext {
  return { baseUrl, http, clock, random }
}

/** Whose data it is: decides where a batch in doubt may be asked for. */
export function identityOf(
  { serverToServer, enterpriseWebApp, jwt }: ImsCredentials,
  tenantOrgId: string | undefined,
): { readonly clientId: string; readonly orgId: string } {
  if (tenantOrgId !== undefined && !('missing' in enterpriseWebApp)) {
    return { clientId: enterpriseWebApp.clientId, orgId: tenantOrgId }
  }
  const configured = 'missing' in serverToServer ? jwt : serverToServer
  if ('missing' in configured) return { clientId: '', orgId: '' }
  return { clientId: configured.clientId, orgId: configured.orgId }
}
