import { chain } from '../chain'
import { fromEnterpriseWebApp } from './from-enterprise-web-app'
import { fromJwt } from './from-jwt'
import { fromOAuthServerToServer } from './from-oauth-server-to-server'
import { fromUserToken } from './from-user-token'
import type { Log } from '../../log'
import type { TokenProvider } from '../token-provider'
import type { ImsCredentials, Missing } from './credentials'
import type { User } from './from-user-token'
import type { ImsContext } from './ims-client'

export interface ImsChainOptions {
  readonly log: Log
  /** The person who is there to ask, in a web action. Their token is checked on each request and kept nowhere. */
  readonly user?: User
  /** The customer whose data is meant; absent for the app's own organisation. */
  readonly tenantOrgId?: string
}

/**
 * A token of Adobe IMS, from the first of these that is configured and belongs to the organisation that is meant:
 * 1. the token of the person who asks, confirmed by IMS
 * 2. OAuth Server-to-Server
 * 3. Enterprise Web App, for a tenant whose admin consented
 * 4. Service Account (JWT), legacy
 */
export function imsChain(
  credentials: ImsCredentials,
  context: ImsContext,
  { log, user, tenantOrgId }: ImsChainOptions,
): TokenProvider {
  return chain(
    ...(user ? [fromUserToken(user, context)] : []),
    fromOAuthServerToServer(ofOrg(credentials.serverToServer, tenantOrgId), context),
    fromEnterpriseWebApp(credentials.enterpriseWebApp, tenantOrgId, context),
    fromJwt(ofOrg(credentials.jwt, tenantOrgId), context, log),
  )
}

/** A credential of one organisation has nothing to offer for another. */
function ofOrg<Credential extends { readonly orgId: string }>(
  credential: Credential | Missing,
  orgId: string | undefined,
): Credential | Missing {
  if ('missing' in credential || orgId === undefined || credential.orgId === orgId) return credential
  return { missing: [`a credential of ${orgId}`] }
}
