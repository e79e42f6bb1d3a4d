import { chain } from '../chain'
import { fromEnterpriseWebApp } from './from-enterprise-web-app'
import { fromJwt } from './from-jwt'
import { fromOAuthServerToServer } from './from-oauth-server-to-server'
import type { Log } from '../../log'
import type { TokenProvider } from '../token-provider'
import type { ImsCredentials, Missing } from './credentials'
import type { ImsContext } from './ims-client'

export interface ImsChainOptions {
  readonly log: Log
  /** The customer's organisation; absent for the app's own. */
  readonly tenantOrgId?: string
}

/**
 * A service token of Adobe IMS, from the first of these credentials that is configured and belongs to the organisation. A
 * caller's own token is not part of the chain: a refused caller must never reach the app's credential.
 * 1. OAuth Server-to-Server
 * 2. Enterprise Web App, for a tenant whose admin consented
 * 3. Service Account (JWT), legacy
 */
export function imsChain(
  credentials: ImsCredentials,
  context: ImsContext,
  { log, tenantOrgId }: ImsChainOptions,
): TokenProvider {
  return chain(
    fromOAuthServerToServer(ofOrg(credentials.serverToServer, tenantOrgId), context),
    fromEnterpriseWebApp(credentials.enterpriseWebApp, tenantOrgId, context),
    fromJwt(ofOrg(credentials.jwt, tenantOrgId), context, log),
  )
}

/** A credential counts as missing for another organisation than its own. */
function ofOrg<Credential extends { readonly orgId: string }>(
  credential: Credential | Missing,
  orgId: string | undefined,
): Credential | Missing {
  if ('missing' in credential || orgId === undefined || credential.orgId === orgId) return credential
  return { missing: [`a credential of ${orgId}`] }
}
