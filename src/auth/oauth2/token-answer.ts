import * as z from 'zod'
import { isRefusal, unusable } from '../authority'
import { TokenRefused } from '../token-refused'
import type { JobError } from '../../errors'
import type { AuthorityAnswer } from '../authority'
import type { TokenFields } from './grant'

/** Names an exchange in errors: the authentication's name in the job file, and the server. */
export interface Exchange {
  readonly exchange: string
  readonly remedy: string
}

const Text = z.string().min(1)
const Granted = z.object({
  access_token: Text,
  expires_in: z.union([z.number(), Text]).nullish(),
  refresh_token: Text.nullish(),
  token_type: z.json().optional(),
  scope: z.json().optional(),
})
/** Accepts only codes that consist of words, as all known ones do: other text might repeat a secret. */
const Refused = z.object({ error: z.string().regex(/^[a-z]+(_[a-z]+)+$/) })

export function exchangeWith(name: string, url: string): Exchange {
  return {
    exchange: `${name}: ${new URL(url).host}`,
    remedy:
      'Nothing is lost: the next tick tries again. If this continues, check the URLs of the authentication in the job file.',
  }
}

/**
 * Reads a standard answer. @see RFC 6749 §5
 * @throws JobError `token-refused`, `token-unavailable`
 */
export function readStandardAnswer(exchange: Exchange, answer: AuthorityAnswer): TokenFields {
  const granted = Granted.safeParse(answer.body)
  if (answer.status >= 300 || !granted.success) throw refusalOrOutage(exchange, answer)
  const { access_token, expires_in, refresh_token, token_type, scope } = granted.data
  return {
    accessToken: access_token,
    expiresIn: expires_in ?? null,
    refreshToken: refresh_token ?? null,
    tokenType: token_type ?? null,
    scope: scope ?? null,
  }
}

/** The `error` of an answer, if it is a code as in RFC 6749 §5.2. */
export function oauthErrorOf(body: unknown): string | undefined {
  return Refused.safeParse(body).data?.error
}

/** The error for an answer without a token. */
export function refusalOrOutage(exchange: Exchange, answer: AuthorityAnswer): JobError {
  const oauthError = oauthErrorOf(answer.body)
  const refused = oauthError !== undefined || z.object({ error: Text }).safeParse(answer.body).success
  // Some servers refuse with status 200; a redirect is never a refusal.
  const status = answer.status === 200 ? 400 : answer.status
  if (!refused || !isRefusal(status, oauthError ?? '')) return unusable(exchange, answer)
  return refusal(exchange, answer, oauthError ?? 'an unknown code')
}

/** Only `invalid_grant` means that a refresh token or a consent was withdrawn. @see RFC 6749 §5.2 */
export function refusal(
  { exchange }: Exchange,
  { status, body }: AuthorityAnswer,
  what: string,
): TokenRefused {
  const oauthError = oauthErrorOf(body)
  return new TokenRefused(
    `${exchange} refused the credential: ${what}, HTTP ${status}.`,
    'Check the client id, the secret and the other inputs of the source in .env, and deploy again.',
    { serverCode: oauthError, meaning: oauthError === 'invalid_grant' ? 'withdrawn' : 'other' },
    { exchange, status, oauthError },
  )
}
