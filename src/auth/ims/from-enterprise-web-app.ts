import { JobError } from '../../errors'
import { NotConfigured } from '../token-provider'
import { requestToken } from './ims-client'
import type { AccessToken, TokenProvider } from '../token-provider'
import type { ImsCredentials } from './credentials'
import type { ImsContext } from './ims-client'

const provider = 'Enterprise Web App'

/** Refusals that are about this app's own credential; every other one is about the customer's consent. */
const ownFaults: readonly unknown[] = ['invalid_client', 'invalid_scope', 'unsupported_grant_type']

/**
 * A service token for the technical account that a customer's consent made in their organisation. It lives for an
 * hour. IMS does not tell when consent is withdrawn: from then on it refuses to mint.
 * @param orgId the customer's, learnt from a verified ID token and from nowhere else; absent where no customer is meant
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
        orgId,
      })
    } catch (error) {
      throw isWithdrawal(error) ? needsReauth(error, orgId) : error
    }
  }
}

function isWithdrawal(error: unknown): error is JobError {
  const refused = error instanceof JobError && error.code === 'token-refused'
  return refused && !ownFaults.includes(error.details.imsError)
}

function needsReauth({ details }: JobError, orgId: string): JobError {
  return new JobError(
    'needs-reauth',
    `${orgId} has withdrawn its consent, or never gave it: IMS says ${String(details.imsError)}.`,
    'Send an admin of the organisation a new link: aio rt action invoke analytics-ingest/connect --param invite adobe --result',
    { details: { ...details, orgId, credentialGone: false } },
  )
}
