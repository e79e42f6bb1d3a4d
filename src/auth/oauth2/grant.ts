import * as z from 'zod'
import { freshnessOf } from '../freshness'
import { textOf } from './auth-data'
import type { AccessToken } from '../token-provider'
import type { AuthData } from './auth-data'

/** What an authorization server has granted, with what was captured of its answer. Times in ms since the epoch. */
export const Grant = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  mintedAt: z.number(),
  expiresAt: z.number(),
  /** Until when the refresh token serves; null where the server does not say. */
  refreshUntil: z.number().nullable(),
  captured: z.record(z.string(), z.json()),
})
export type Grant = z.infer<typeof Grant>

/** Fields of an answer, by Destination SDK's names. */
export type TokenFields = AuthData & { readonly accessToken: string }

export interface GrantContext {
  /** What holds where the answer is silent. */
  readonly authData: AuthData
  /** The grant that was renewed, if one was, and the refresh token that was used for it. */
  readonly previous: Grant | null
  readonly refreshToken: string | null
  /** False where only a person can grant again. */
  readonly mintable: boolean
  readonly now: number
}

/** RFC 6749 recommends `expires_in` but allows to leave it out. */
const assumedLifeSeconds = 300
/** Where nothing can be renewed, the source's 401 tells when it is over. */
const untilRefusedSeconds = 10 * 365 * 24 * 3600

/** A server that sends no new refresh token means the old one to stay. @see RFC 6749 §6 */
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

/** Servers write seconds as numbers or as text. */
function secondsOf(fields: AuthData, name: string): number | null {
  const seconds = Number(textOf(fields, name))
  return seconds > 0 && Number.isFinite(seconds) ? seconds : null
}
