import { createHash } from 'node:crypto'
import { imsChain } from '../auth/ims/ims-chain'
import { learning } from '../auth/learning'
import { memoize } from '../auth/memoize'
import { cacheInStore } from '../auth/cache-in-store'
import { oncePerContainer } from './container'
import type { ImsCredentials } from '../auth/ims/credentials'
import type { CachedTokenProvider } from '../auth/token-provider'
import type { Platform } from './platform'

const providers = oncePerContainer<CachedTokenProvider>()

/**
 * The service token: cached in memory and, with an encryption key, in a store that containers share. The redactor
 * learns it before it is returned.
 * @param tenantOrgId the customer whose data is written; undefined for the app's own organisation
 */
export function serviceToken(
  platform: Pick<Platform, 'credentials' | 'ims' | 'urls' | 'sealer' | 'state' | 'log' | 'redactor'>,
  tenantOrgId: string | undefined,
): CachedTokenProvider {
  const { credentials, ims, urls, sealer, state, log, redactor } = platform
  const identity = [urls.ims, credentials, tenantOrgId]
  const provider = providers([identity, sealer !== null], () => {
    const minting = imsChain(credentials, ims, { log, ...(tenantOrgId === undefined ? {} : { tenantOrgId }) })
    if (!sealer) return memoize(minting, ims.clock)
    const key = `token/${createHash('sha256').update(JSON.stringify(identity)).digest('hex')}`
    return memoize(cacheInStore(minting, { store: state, sealer, key, clock: ims.clock, log }), ims.clock)
  })
  return learning(provider, redactor.add)
}

/** Client and organisation of the credential: an idempotency key can only be looked up by the same pair. */
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
