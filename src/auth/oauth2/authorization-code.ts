import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import { TokenRefused } from '../token-refused'
import { textOf } from './auth-data'
import { oauthErrorOf } from './token-answer'
import type { Consent, UseInvitation } from '../consent/consent'
import type { AuthData } from './auth-data'
import type { Configuration } from './configuration'
import type { Purpose } from './token-request'

export interface AuthorizationCode {
  readonly name: string
  readonly configuration: Configuration
  readonly authData: AuthData
  /** Exchanges the code, uses the invitation and keeps the grant. */
  readonly redeem: (purpose: Purpose & { readonly kind: 'code' }, use: UseInvitation) => Promise<void>
}

/**
 * The authorization code grant: the owner of a source consents in the browser. PKCE is used unless it is switched off;
 * servers without PKCE ignore its parameters.
 * @see RFC 6749 §4.1, RFC 7636 (PKCE, S256), RFC 9207 (`iss`)
 */
export function authorizationCode({ name, configuration, authData, redeem }: AuthorizationCode): Consent {
  const { authorizationUrl = '', scope, options } = configuration
  return {
    title: name,
    authorizationUrl({ state, codeVerifier, redirectUri }) {
      const url = new URL(authorizationUrl)
      const query = {
        response_type: 'code',
        client_id: textOf(authData, 'clientId') ?? '',
        redirect_uri: redirectUri,
        state,
        ...(scope.length > 0 ? { scope: scope.join(' ') } : {}),
        ...(options.pkce ? { code_challenge: challengeOf(codeVerifier), code_challenge_method: 'S256' } : {}),
      }
      for (const [parameter, value] of Object.entries(query)) url.searchParams.set(parameter, value)
      return Promise.resolve(url.href)
    },
    async complete(redirect, { codeVerifier, redirectUri }, use) {
      const { issuer } = options
      if (issuer !== undefined && redirect.get('iss') !== issuer) {
        throw invalid('The answer comes from another authorization server than the one that was asked')
      }
      const error = redirect.get('error')
      if (error !== null) throw declined(error)
      const code = redirect.get('code')
      if (code === null || code === '') throw invalid('The server sent no code')
      await redeem({ kind: 'code', code, redirectUri, codeVerifier }, use).catch(refused)
      return { linked: name, next: 'Nothing is left to do: the next run reads from this source.' }
    },
  }
}

/** @see RFC 7636 §4.2 */
function challengeOf(codeVerifier: string): string {
  return createHash('sha256').update(codeVerifier).digest('base64url')
}

/** A refusal of the token endpoint is shown in the same way as a refusal of the authorization endpoint. */
function refused(error: unknown): never {
  if (!(error instanceof TokenRefused)) throw error
  throw declined(String(error.refusal.serverCode))
}

function declined(error: string): JobError {
  if (error === 'access_denied') {
    return new JobError(
      'consent-declined',
      'You did not give the consent, so nothing was linked.',
      'Open the invitation again if that was a mistake.',
      { details: { error } },
    )
  }
  const code = oauthErrorOf({ error }) ?? 'an unknown code'
  return new JobError(
    'consent-declined',
    `The server refused: ${code}. Nothing was linked.`,
    'Ask the operator of the app to check its scopes, its client id and its registered redirect URI.',
    { details: { error: code } },
  )
}

function invalid(what: string): JobError {
  return new JobError('consent-invalid', `${what}. Nothing was linked.`, 'Open the invitation again.')
}
