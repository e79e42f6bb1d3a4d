import { JobError } from '../../errors'
import { checkReferences, collectAuthData } from './auth-data'
import { authorizationCode } from './authorization-code'
import { hostPattern, secureHostOf } from './allowed-hosts'
import { misconfigured, parseConfiguration } from './configuration'
import { grantFrom } from './grant'
import { grantFileFor } from './grant-file'
import { grantProvider } from './grant-provider'
import { learning } from '../learning'
import { memoize } from '../memoize'
import { replaceGrant } from './single-flight'
import { requestToken } from './token-endpoint'
import type { Consent } from '../consent/consent'
import type { AuthDataInputs } from './auth-data'
import type { Authentication, AuthenticationContext } from './authentication'
import type { Configuration, Template } from './configuration'
import type { TokenEndpoint } from './token-endpoint'

export interface DestinationSdkOAuth2 {
  /** Lower case letters, digits and dashes; unique for each account, because it names the folder of its grants. */
  readonly name: string
  /** One entry of `customerAuthenticationConfigurations`, in Adobe's JSON format. */
  readonly configuration: unknown
  /**
   * Inputs by their name in the configuration: `clientId`, `clientSecret`, `username`, `password`, `refreshToken`, the
   * customer's data fields, and other names that templates use.
   */
  readonly inputs?: AuthDataInputs
  /**
   * Allowed hosts of a templated URL besides those of the constant URLs; `*.example.com` allows one label.
   */
  readonly allowedHosts?: readonly string[]
  /** `userContext` in templates. */
  readonly userContext?: Readonly<Partial<Record<'sandboxName' | 'sandboxId' | 'imsOrgId', string>>>
}

/**
 * OAuth 2 for a source in the configuration format of Adobe's Destination SDK: the grants authorization code, password
 * and client credentials, refresh with token rotation, data fields and templated requests.
 * @example
 * destinationSdkOAuth2({
 *   name: 'moviestar',
 *   configuration: { authType: 'OAUTH2', grant: 'OAUTH2_PASSWORD', accessTokenUrl: 'https://api.moviestar.com/token' },
 *   inputs: {
 *     clientId: input('MOVIESTAR_CLIENT_ID'),
 *     clientSecret: secret('MOVIESTAR_CLIENT_SECRET'),
 *     username: input('MOVIESTAR_USERNAME'),
 *     password: secret('MOVIESTAR_PASSWORD'),
 *   },
 * })
 * @see Adobe Experience Platform, Destination SDK, OAuth 2 authorization
 */
export function destinationSdkOAuth2(definition: DestinationSdkOAuth2): Authentication {
  const { inputs: references = {} } = definition
  const inputs = Object.values(references)
  let endpoint: TokenEndpoint
  try {
    endpoint = endpointOf(definition, references)
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    return { inputs, faults: [error.message], open: () => rethrow(error) }
  }
  const needsConsent = endpoint.configuration.grant === 'OAUTH2_AUTHORIZATION_CODE'
  return {
    inputs,
    faults: [],
    open(context) {
      const parts = { endpoint, context, ...grantOf(endpoint, references, context), learn: context.learn }
      return learning(memoize(grantProvider(parts), context.clock), context.learn)
    },
    ...(needsConsent ? { consent: (context) => consentTo(endpoint, references, context) } : {}),
  }
}

function rethrow(error: JobError): never {
  throw error
}

/** The data and the file of a grant. @throws JobError `input-missing`, `input-invalid` */
function grantOf(endpoint: TokenEndpoint, references: AuthDataInputs, context: AuthenticationContext) {
  const authData = collectAuthData(endpoint.configuration, references, context.inputs)
  return { authData, file: grantFileFor(endpoint, references, authData, context.grants) }
}

function consentTo(
  endpoint: TokenEndpoint,
  references: AuthDataInputs,
  context: AuthenticationContext,
): Consent {
  const { name, configuration } = endpoint
  const { authData, file } = grantOf(endpoint, references, context)
  return authorizationCode({
    name,
    configuration,
    authData,
    async redeem(code, use) {
      const fields = await requestToken(endpoint, context, authData, code)
      const { clock } = context
      const grantContext = { authData, previous: null, refreshToken: null, mintable: false, now: clock.now() }
      await use()
      await replaceGrant(file, grantFrom(fields, grantContext))
    },
  })
}

/** @throws JobError `input-invalid` naming the path of the error */
function endpointOf(definition: DestinationSdkOAuth2, references: AuthDataInputs): TokenEndpoint {
  const { name, allowedHosts = [], userContext = {} } = definition
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name))
    throw misconfigured(`"${name}"`, 'The name must consist of lower case letters, digits and dashes')
  const configuration = parseConfiguration(name, definition.configuration)
  checkReferences(name, configuration, references)
  const wrong = allowedHosts.find((host) => !hostPattern.test(host))
  if (wrong !== undefined) throw misconfigured(name, `allowedHosts: "${wrong}" is not a host`)
  const hosts = [...constantHosts(name, configuration), ...allowedHosts]
  if (hosts.length === 0) throw misconfigured(name, 'allowedHosts must list the hosts of the templated URL')
  return {
    name,
    configuration,
    allowedHosts: hosts,
    userContext: { client: 'analytics-ingest', ...userContext },
  }
}

function constantHosts(name: string, configuration: Configuration): string[] {
  const { accessTokenUrl, authorizationUrl, refreshTokenUrl, accessTokenRequest } = configuration
  const urls = [
    accessTokenUrl,
    authorizationUrl,
    refreshTokenUrl,
    constantOf(accessTokenRequest?.urlBasedDestination.url),
  ]
  return urls.flatMap((url) => {
    if (url === undefined) return []
    const host = secureHostOf(url)
    if (host === null)
      throw misconfigured(name, 'accessTokenRequest.urlBasedDestination.url is not an https URL')
    return [host]
  })
}

function constantOf(template: Template | undefined): string | undefined {
  const constant = template?.templatingStrategy === 'NONE' || !template?.value.includes('{')
  return constant ? template?.value : undefined
}
