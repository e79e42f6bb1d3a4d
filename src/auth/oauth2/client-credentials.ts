import { askAuthority } from '../authority'
import { learning } from '../learning'
import { memoize } from '../memoize'
import { grantFrom, tokenOf } from './grant'
import { exchangeWith, readStandardAnswer } from './token-answer'
import { standardRequest } from './token-request'
import type { InputReference } from '../../inputs'
import type { AccessToken } from '../token-provider'
import type { Authentication, AuthenticationContext } from './authentication'

export interface ClientCredentials {
  readonly tokenUrl: { readonly base: InputReference; readonly path: string }
  readonly clientId: InputReference
  readonly clientSecret: InputReference
  readonly scope?: readonly string[]
  /** Sends id and secret in the Authorization header, form-encoded (RFC 6749 §2.3.1) or raw; by default in the body. */
  readonly basicAuth?: 'form' | 'raw'
}

/** The OAuth 2 client credentials grant for a server whose address is an input. @see RFC 6749 §4.4 */
export function clientCredentials(definition: ClientCredentials): Authentication {
  const { tokenUrl, clientId, clientSecret, scope, basicAuth = null } = definition
  return {
    inputs: [tokenUrl.base, clientId, clientSecret],
    faults: [],
    open: (context) =>
      learning(
        memoize(() => mint(context), context.clock),
        context.learn,
      ),
  }

  async function mint(context: AuthenticationContext): Promise<AccessToken> {
    const { inputs, clock } = context
    const url = inputs(tokenUrl.base) + tokenUrl.path
    const form = { grant_type: 'client_credentials', ...(scope ? { scope: scope.join(' ') } : {}) }
    const client = { id: inputs(clientId), secret: inputs(clientSecret), basicAuth }
    const exchange = exchangeWith('the source', url)
    const answer = await askAuthority(context, { ...standardRequest(url, form, client), ...exchange })
    const fields = readStandardAnswer(exchange, answer)
    const grantContext = {
      authData: {},
      previous: null,
      refreshToken: null,
      mintable: true,
      now: clock.now(),
    }
    return tokenOf(grantFrom(fields, grantContext), client.id)
  }
}
