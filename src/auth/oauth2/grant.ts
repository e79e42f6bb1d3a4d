import * as z from 'zod'
import { textOf } from './auth-data'
import type { AccessToken } from '../token-provider'
import type { AuthData } from './auth-data'

/** What an authorization server has granted, with what was captured of its answer. */
export const Grant = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  /** ms since the epoch, all three. */
  mintedAt: z.number(),
  expiresAt: z.number(),
  /** Null where the server does not say. */
  refreshUntil: z.number().nullable(),
  captured: z.record(z.string(), z.json()),
})
export type Grant = z.infer<typeof Grant>

/** RFC 6749 recommends `expires_in` but allows to leave it out. */
const assumedLifeSeconds = 300
/** Where nothing can be renewed, the source's 401 tells the end. */
const untilRefusedSeconds = 10 * 365 * 24 * 3600

/**
 * @param fields of the answer, by Destination SDK's names
 * @param defaults for what the answer does not say
 * @param previous the grant that was refreshed: a server that sends no new refresh token means the old one
 */
export function grantFrom(
  fields: AuthData & { readonly accessToken: string },
  { defaults, previous, now }: { defaults: AuthData; previous: Grant | null; now: number },
): Grant {
  const after = (seconds: number) => now + seconds * 1000
  const newRefreshToken = textOf(fields, 'refreshToken')
  const refreshToken = newRefreshToken ?? previous?.refreshToken ?? null
  const refreshLife = secondsOf(fields, 'refreshTokenExpiration')
  const kept = newRefreshToken === undefined ? previous?.refreshUntil : null
  const life = secondsOf(fields, 'expiresIn') ?? secondsOf(defaults, 'expiresIn')
  return {
    accessToken: fields.accessToken,
    refreshToken,
    mintedAt: now,
    expiresAt: after(life ?? assumedLifeSeconds),
    refreshUntil: refreshLife === undefined ? (kept ?? null) : after(refreshLife),
    captured: structuredClone({ ...previous?.captured, ...fields }) as Grant['captured'],
  }
}
