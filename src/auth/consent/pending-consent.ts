import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { Invitation } from './invitations'
import type { Clock } from '../../clock'
import type { Sealer } from '../../state/sealer'
import type { SingleUse } from '../../state/single-use'
import type { ConsentRequest } from './consent'

/** Time limit of a consent, from the invitation to the redirect. */
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
 * Started consents. Each can be completed once, within the time limit, by the browser that started it: that browser holds
 * all of its state in an encrypted cookie. So a callback from another browser is refused without a request to a store.
 */
export interface PendingConsents {
  /** @returns the values for the authorization server, and the cookie that binds them to this browser */
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
      // A create-only write: of two concurrent callbacks only one succeeds.
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

/** Compares in constant time, also for different lengths. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(digestOf(a), digestOf(b))
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function invalid(what: string, remedy: string): JobError {
  return new JobError('consent-invalid', `${what}.`, remedy)
}
