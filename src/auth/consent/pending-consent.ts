import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { Invitation } from './invitations'
import type { Clock } from '../../clock'
import type { Sealer } from '../../state/sealer'
import type { SingleUse } from '../../state/single-use'
import type { ConsentRequest } from './consent'

/** How long a person has for the page of the authorization server. */
export const pendingSeconds = 10 * 60

const purpose = 'pending-consent'

const Pending = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  redirectUri: z.string(),
  invitation: Invitation,
  /** ms since the epoch */
  expiresAt: z.number(),
})
export type PendingConsent = z.infer<typeof Pending>

/**
 * Consents that have been begun. Each can be finished once, in time, and by the browser that began it: that browser
 * holds the whole of it, sealed, in a cookie. A stranger's callback is therefore refused without a single question to
 * a store.
 */
export interface PendingConsents {
  /** @returns what goes out, and the cookie that binds it to this browser */
  begin(
    invitation: Invitation,
    redirectUri: string,
  ): { readonly request: ConsentRequest; readonly cookie: string }
  /** @throws JobError `consent-invalid`, `store-unreachable` */
  take(state: string, cookie: string | undefined): Promise<PendingConsent>
}

export function pendingConsents(sealer: Sealer, singleUse: SingleUse, clock: Clock): PendingConsents {
  return {
    begin(invitation, redirectUri) {
      const request = { state: secret(), nonce: secret(), codeVerifier: secret(), redirectUri }
      const expiresAt = clock.now() + pendingSeconds * 1000
      const pending: PendingConsent = { ...request, invitation, expiresAt }
      return { request, cookie: sealer.seal(JSON.stringify(pending), purpose) }
    },
    async take(state, cookie) {
      const opened = cookie === undefined ? null : sealer.open(cookie, purpose)
      const pending = opened === null ? null : Pending.parse(parseJson(opened))
      if (pending === null || !sameText(pending.state, state)) {
        throw invalid('This was begun in another browser', 'Open the invitation again, in this browser.')
      }
      if (clock.now() >= pending.expiresAt)
        throw invalid('The link has expired', 'Open the invitation again.')
      // Create-only: of two callbacks at the same moment one is the first.
      if (!(await singleUse.claim(`consent/${state}`, pending.expiresAt))) {
        throw invalid('The link was used before', 'Open the invitation again.')
      }
      return pending
    },
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

/** In constant time, whatever the lengths. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(digestOf(a), digestOf(b))
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function invalid(what: string, remedy: string): JobError {
  return new JobError('consent-invalid', `${what}.`, remedy)
}
