import { JobError } from '../errors'
import { NotConfigured } from './token-provider'
import { TokenRefused } from './token-refused'
import type { AccessToken, TokenProvider } from './token-provider'

/**
 * Tries providers in order. A provider that is not configured is skipped. A configured provider that fails stops the
 * chain, unless its error means that this kind of credential no longer exists.
 * @throws JobError `token-not-configured` with the missing inputs of every provider, or the error of the failed provider
 */
export function chain(...providers: readonly TokenProvider[]): TokenProvider {
  return async function chained(): Promise<AccessToken> {
    const skipped: string[] = []
    for (const provider of providers) {
      try {
        return await provider()
      } catch (error) {
        if (error instanceof NotConfigured) skipped.push(error.message)
        else if (isGone(error)) skipped.push(error.message)
        else throw error
      }
    }
    throw new JobError(
      'token-not-configured',
      `No credential is usable. ${skipped.join('; ')}.`,
      'Set IMS_OAUTH_S2S_CLIENT_ID, _CLIENT_SECRET, _ORG_ID and _SCOPES in .env (Developer Console, OAuth Server-to-Server) and deploy again.',
    )
  }
}

function isGone(error: unknown): error is TokenRefused {
  return error instanceof TokenRefused && error.refusal.meaning === 'credential-gone'
}
