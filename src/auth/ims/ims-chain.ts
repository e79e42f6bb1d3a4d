import { chain } from '../chain'
import { memoize } from '../memoize'
import { fromJwt } from './from-jwt'
import { fromOAuthServerToServer } from './from-oauth-server-to-server'
import type { Log } from '../../log'
import type { CachedTokenProvider } from '../token-provider'
import type { ImsCredentials } from './credentials'
import type { ImsContext } from './ims-client'

/**
 * The service token, from the first of these that is configured:
 * 1. OAuth Server-to-Server
 * 2. Service Account (JWT), legacy
 */
export function imsTokenProvider(
  credentials: ImsCredentials,
  context: ImsContext,
  log: Log,
): CachedTokenProvider {
  return memoize(
    chain(
      fromOAuthServerToServer(credentials.serverToServer, context),
      fromJwt(credentials.jwt, context, log),
    ),
    context.clock,
  )
}
