import { askAuthority } from '../authority'
import { captured, textOf } from './auth-data'
import { readTemplatedAnswer, renderRequest } from './templated-request'
import { exchangeWith, readStandardAnswer } from './token-answer'
import { standardForm, standardRequest } from './token-request'
import type { AuthorityAnswer, AuthorityContext } from '../authority'
import type { AuthData } from './auth-data'
import type { AccessTokenRequest, Configuration } from './configuration'
import type { TokenFields } from './grant'
import type { Value, ValueMap } from './pebble/value'
import type { Exchange } from './token-answer'
import type { Purpose, TokenRequest } from './token-request'

/** A token endpoint with standard or templated requests. */
export interface TokenEndpoint {
  /** Its name in errors. */
  readonly name: string
  readonly configuration: Configuration
  /** Allowed hosts of a templated URL. */
  readonly allowedHosts: readonly string[]
  readonly userContext: ValueMap
}

interface Dialect {
  readonly request: TokenRequest
  readonly read: (exchange: Exchange, answer: AuthorityAnswer) => TokenFields
}

/**
 * Requests a token, by `accessTokenRequest` or by RFC 6749, and captures the configured fields of the answer.
 * @throws JobError `token-refused`, `token-unavailable`, `input-invalid`
 */
export async function requestToken(
  endpoint: TokenEndpoint,
  context: AuthorityContext,
  authData: AuthData,
  purpose: Purpose,
): Promise<TokenFields> {
  const { request, read } = dialectOf(endpoint, authData, purpose)
  const exchange = exchangeWith(endpoint.name, request.url)
  const answer = await askAuthority(context, { ...request, ...exchange })
  const fields = read(exchange, answer)
  return { ...captured(endpoint.configuration, (answer.body ?? null) as Value), ...fields }
}

function dialectOf(endpoint: TokenEndpoint, authData: AuthData, purpose: Purpose): Dialect {
  const { accessTokenUrl, accessTokenRequest } = endpoint.configuration
  // `accessTokenRequest` describes the refresh call; exchange an authorization code at `accessTokenUrl` if configured.
  const templated = accessTokenRequest && (purpose.kind !== 'code' || accessTokenUrl === undefined)
  return templated
    ? templatedDialect(endpoint, accessTokenRequest, authData, purpose)
    : standardDialect(endpoint, authData, purpose)
}

function standardDialect({ configuration }: TokenEndpoint, authData: AuthData, purpose: Purpose): Dialect {
  const { accessTokenUrl = '', refreshTokenUrl = accessTokenUrl, options } = configuration
  const client = {
    id: textOf(authData, 'clientId') ?? '',
    secret: textOf(authData, 'clientSecret'),
    basicAuth: options.useBasicAuth ? options.basicAuthEncoding : null,
  }
  const url = purpose.kind === 'refresh' ? refreshTokenUrl : accessTokenUrl
  return {
    request: standardRequest(url, standardForm(configuration, authData, purpose), client),
    read: readStandardAnswer,
  }
}

/** Adds the refresh token in use, or the code with its redirect URI and verifier, to the data of the template. */
function templatedDialect(
  { name, allowedHosts, userContext }: TokenEndpoint,
  template: AccessTokenRequest,
  authData: AuthData,
  { kind, ...particulars }: Purpose,
): Dialect {
  const known = Object.entries(authData).filter(([field]) => kind === 'refresh' || field !== 'refreshToken')
  const data = { userContext, authData: { ...Object.fromEntries(known), ...particulars } }
  return {
    request: renderRequest(name, template, data, allowedHosts),
    read: (exchange, answer) => readTemplatedAnswer(exchange, template, data, answer),
  }
}
