import { NotConfigured } from '../token-provider'
import { TokenRefused } from '../token-refused'
import { requestToken } from './ims-client'
import type { AccessToken, TokenProvider } from '../token-provider'
import type { ImsCredentials } from './credentials'
import type { ImsContext } from './ims-client'

const provider = 'Enterprise Web App'

/**
 * RFC 6749's codes for a client whose grant is gone. Adobe documents no code for a withdrawn consent. Other codes never
 * count as a withdrawal, so that a firewall or an outage cannot unlink a customer.
 */
const withdrawals: readonly unknown[] = ['unauthorized_client', 'invalid_grant', 'access_denied']

/**
 * A service token for the technical account that the consent created in the customer's organisation. It is valid for an
 * hour. IMS does not notify of a withdrawn consent; it refuses further tokens, which is thrown as a {@link TokenRefused}
 * with the meaning `withdrawn`.
 * @param orgId the customer's organisation, from a verified ID token only; absent for the app's own organisation
 * @see Adobe Developer Console, Admin authentication: POST /ims/token/v3 with `org_id`
 */
export function fromEnterpriseWebApp(
  credential: ImsCredentials['enterpriseWebApp'],
  orgId: string | undefined,
  context: ImsContext,
): TokenProvider {
  return async function mint(): Promise<AccessToken> {
    if ('missing' in credential) throw new NotConfigured(provider, credential.missing)
    if (orgId === undefined) throw new NotConfigured(provider, ['a linked organisation'])
    const { clientId, clientSecret, scopes } = credential
    try {
      return await requestToken(context, {
        provider,
        path: '/ims/token/v3',
        form: {
          grant_type: 'client_credentials',
          client_id: clientId,
          client_secret: clientSecret,
          org_id: orgId,
          scope: scopes.join(','),
        },
        expiresInUnitMs: 1000,
        clientId,
      })
    } catch (error) {
      throw isWithdrawal(error) ? withdrawn(error, orgId) : error
    }
  }
}

function isWithdrawal(error: unknown): error is TokenRefused {
  return error instanceof TokenRefused && withdrawals.includes(error.refusal.serverCode)
}

function withdrawn({ refusal, details }: TokenRefused, orgId: string): TokenRefused {
  return new TokenRefused(
    `IMS mints no token for ${orgId}: ${String(refusal.serverCode)}. Its consent may be withdrawn.`,
    'If this continues, ask an admin of the organisation whether they withdrew the consent; until then each run asks again.',
    { ...refusal, meaning: 'withdrawn' },
    { ...details, orgId },
  )
}
