import * as z from 'zod'
import { freshnessOf } from '../freshness'
import { textOf } from './auth-data'
import type { AccessToken } from '../token-provider'
import type { AuthData } from './auth-data'

/** Tokens of an authorization server, and fields captured from its answer. Times in ms since the epoch. */
export const Grant = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  mintedAt: z.number(),
  expiresAt: z.number(),
  /** When the refresh token expires; null if the server does not say. */
  refreshUntil: z.number().nullable(),
  captured: z.record(z.string(), z.json()),
})
export type Grant = z.infer<typeof Grant>

/** Fields of an answer by their name in Destination SDK. */
export type TokenFields = AuthData & { readonly accessToken: string }

export interface GrantContext {
  /** Supplies defaults for fields that the answer lacks. */
  readonly authData: AuthData
  /** The renewed grant, if any, and the refresh token that was used. */
  readonly previous: Grant | null
  readonly refreshToken: string | null
  /** False if only a user's consent can give a new grant. */
  readonly mintable: boolean
  readonly now: number
}

/** Assumed without `expires_in`, which RFC 6749 §5.1 only recommends. */
const assumedLifeSeconds = 300
/** A token that cannot be renewed is used until the source answers 401. */
const untilRefusedSeconds = 10 * 365 * 24 * 3600

/** Without a new refresh token in the answer, the old one stays valid. @see RFC 6749 §6 */
export function grantFrom(fields: TokenFields, context: GrantContext): Grant {
  const { authData, previous, mintable, now } = context
  const sent = textOf(fields, 'refreshToken') ?? null
  const refreshToken = sent ?? context.refreshToken
  const silentLife = mintable || refreshToken !== null ? assumedLifeSeconds : untilRefusedSeconds
  const life = secondsOf(fields, 'expiresIn') ?? secondsOf(authData, 'expiresIn') ?? silentLife
  const refreshLife = secondsOf(fields, 'refreshTokenExpiration')
  const oldRefreshUntil = sent === null ? (previous?.refreshUntil ?? null) : null
  return {
    accessToken: fields.accessToken,
    refreshToken,
    mintedAt: now,
    expiresAt: now + life * 1000,
    refreshUntil: refreshLife === null ? oldRefreshUntil : now + refreshLife * 1000,
    captured: Grant.shape.captured.parse({ ...previous?.captured, ...fields }),
  }
}

export function isFresh(grant: Grant, now: number): boolean {
  return now < freshnessOf(grant, grant.mintedAt).freshUntil
}

export function tokenOf({ accessToken: value, expiresAt, mintedAt }: Grant, clientId: string): AccessToken {
  return { value, expiresAt, mintedAt, clientId }
}

/** Servers send seconds as numbers or as text. */
function secondsOf(fields: AuthData, name: string): number | null {
  const seconds = Number(textOf(fields, name))
  return seconds > 0 && Number.isFinite(seconds) ? seconds : null
}
