import { checkReferences, collectAuthData } from './auth-data'
import { authorizationCode } from './authorization-code'
import { hostPattern, secureHostOf } from './allowed-hosts'
import { misconfigured, parseConfiguration } from './configuration'
import { grantFrom } from './grant'
import { grantFileFor } from './grant-file'
import { grantProvider } from './grant-provider'
import { learning } from '../learning'
import { memoize } from '../memoize'
import { keepGranted } from './renew-alone'
import { requestToken } from './token-endpoint'
import type { SourceAuthentication, SourceContext } from '../../sources/source'
import type { Consent } from '../consent/consent'
import type { AuthDataInputs } from './auth-data'
import type { Configuration, Template } from './configuration'
import type { TokenEndpoint } from './token-endpoint'

export interface DestinationSdkOAuth2 {
  /** Lower case letters, digits and dashes; of its own for each account. Its grants lie under that name. */
  readonly name: string
  /** One entry of `customerAuthenticationConfigurations`, as Adobe's JSON has it. */
  readonly configuration: unknown
  /**
   * Inputs by the name that the configuration has for them: `clientId`, `clientSecret`, `username`, `password`,
   * `refreshToken`, the data fields of the customer, and whatever else a template names.
   */
  readonly inputs?: AuthDataInputs
  /**
   * Hosts that a templated URL may lead to, such as `*.example.com` (one label), besides those of the constant URLs.
   */
  readonly allowedHosts?: readonly string[]
  /** What templates find in `userContext`. */
  readonly userContext?: Readonly<Partial<Record<'sandboxName' | 'sandboxId' | 'imsOrgId', string>>>
}

/**
 * OAuth 2 for a source, configured as Adobe's Destination SDK has it: authorization code, password and client
 * credentials, refreshed and rotated, with data fields and templated requests.
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
 * @throws JobError `input-invalid` naming the path of what is wrong
 */
export function destinationSdkOAuth2(definition: DestinationSdkOAuth2): SourceAuthentication {
  const { inputs: references = {} } = definition
  const endpoint = endpointOf(definition, references)

  function prepare(context: SourceContext) {
    const authData = collectAuthData(endpoint.configuration, references, context.inputs)
    return { authData, file: grantFileFor(endpoint, references, authData, context.grants) }
  }

  function open(context: SourceContext) {
    const { authData, file } = prepare(context)
    const provider = memoize(
      grantProvider({ endpoint, context, authData, file, learn: context.learn }),
      context.clock,
    )
    return learning(provider, context.learn)
  }

  function consent(context: SourceContext): Consent {
    const { name, configuration } = endpoint
    const { authData, file } = prepare(context)
    return authorizationCode({
      name,
      configuration,
      authData,
      async redeem(code, use) {
        const fields = await requestToken(endpoint, context, authData, code)
        const { clock } = context
        const anew = { authData, previous: null, refreshToken: null, mintable: false, now: clock.now() }
        await use()
        await keepGranted(file, clock, grantFrom(fields, anew))
      },
    })
  }

  const asksPerson = endpoint.configuration.grant === 'OAUTH2_AUTHORIZATION_CODE'
  return { inputs: Object.values(references), open, ...(asksPerson ? { consent } : {}) }
}

function endpointOf(definition: DestinationSdkOAuth2, references: AuthDataInputs): TokenEndpoint {
  const { name, allowedHosts = [], userContext = {} } = definition
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) throw misconfigured(`"${name}"`, 'The name cannot be a folder')
  const configuration = parseConfiguration(name, definition.configuration)
  checkReferences(name, configuration, references)
  const wrong = allowedHosts.find((host) => !hostPattern.test(host))
  if (wrong !== undefined) throw misconfigured(name, `allowedHosts: "${wrong}" is no host`)
  const hosts = [...constantHosts(name, configuration), ...allowedHosts]
  if (hosts.length === 0) throw misconfigured(name, 'allowedHosts must say where the templated URL may lead')
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
    if (host === null) throw misconfigured(name, 'accessTokenRequest.urlBasedDestination.url is no https URL')
    return [host]
  })
}

function constantOf(template: Template | undefined): string | undefined {
  const constant = template?.templatingStrategy === 'NONE' || !template?.value.includes('{')
  return constant ? template?.value : undefined
}
