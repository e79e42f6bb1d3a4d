import { JobError } from '../../errors'
import type { Consent, UseInvitation } from '../consent/consent'
import type { EnterpriseWebAppCredential } from './credentials'
import type { VerifyIdToken } from './id-token'

export interface AdminConsent {
  /** `https://id.adobe.com/consent` */
  readonly consentUrl: string
  readonly credential: EnterpriseWebAppCredential
  readonly verify: VerifyIdToken
  /** Uses the invitation and stores the linked organisation. Throws if that organisation may not be linked. */
  readonly link: (orgId: string, use: UseInvitation) => Promise<void>
}

/** Explanation and remedy for each error of the consent page. */
const refusals: Readonly<Record<string, readonly [string, string]>> = {
  insufficient_privilege: [
    'Only an administrator of your organisation can give this consent',
    'Forward the invitation to a system administrator.',
  ],
  incompatible_account_type: [
    'You are logged in with a personal account',
    'Log out at Adobe, then open the invitation with your company or school account.',
  ],
  invalid_scopes: [
    'This app asks for scopes that its credential does not have',
    'Ask the operator of the app to correct IMS_ADMIN_SCOPES.',
  ],
  invalid_redirect_uri: [
    'The address of this page is not registered with Adobe',
    'Ask the operator of the app to register CONNECT_URL/callback as a redirect URI.',
  ],
  missing_state_param: ['Adobe got no state', 'Open the invitation again.'],
  error: ['Adobe could not complete the consent', 'Open the invitation again in a few minutes.'],
}

/**
 * Admin consent: an administrator of a customer organisation links it to this app.
 * @see Adobe Developer Console, Admin authentication: consent URL, redirect and its errors
 */
export function adminConsent({ consentUrl, credential, verify, link }: AdminConsent): Consent {
  const { clientId, scopes } = credential
  return {
    title: 'Adobe Analytics',
    authorizationUrl({ state, nonce, redirectUri }) {
      const url = new URL(consentUrl)
      const query = { client_id: clientId, scope: scopes.join(','), state, nonce, redirect_uri: redirectUri }
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      return Promise.resolve(url.href)
    },
    async complete(redirect, { nonce }, use) {
      const error = redirect.get('error')
      if (error !== null) throw refused(error)
      if (redirect.get('admin_consent') !== 'true') throw declined
      const orgId = await verify(redirect.get('id_token') ?? '', { clientId, nonce })
      await link(orgId, use)
      return {
        linked: orgId,
        next: 'Now give its technical account an Analytics product profile: Adobe Exchange, Manage. Until then Analytics answers 403.',
      }
    },
  }
}

const declined = new JobError(
  'consent-declined',
  'You did not give the consent, so nothing was linked.',
  'Open the invitation again if that was a mistake.',
)

function refused(error: string): JobError {
  const [what, remedy] = refusals[Object.hasOwn(refusals, error) ? error : 'error'] ?? ['', '']
  return new JobError('consent-declined', `${what}. Nothing was linked.`, remedy, { details: { error } })
}
