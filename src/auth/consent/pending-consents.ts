import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import type { KeyValueStore } from '../../state/key-value-store'
import type { Sealer } from '../../state/sealer'
import type { Invitation } from './invitations'
import type { ConsentRequest } from './consent'

/** How long a person has for the page of the authorization server. */
export const pendingSeconds = 10 * 60

const Pending = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  redirectUri: z.string(),
  /** Hash of what the browser that began holds in a cookie. */
  browser: z.string(),
  to: z.string(),
  inputs: z.record(z.string(), z.string()),
})
export type PendingConsent = z.infer<typeof Pending>

/** Consents that have been begun. Each can be finished once, in time, and by the browser that began it. */
export interface PendingConsents {
  /** @returns what goes out, and the cookie that binds it to this browser */
  begin(invitation: Invitation, redirectUri: string): Promise<{ request: ConsentRequest; cookie: string }>
  /** @throws JobError `consent-invalid` */
  take(state: string, cookie: string | undefined): Promise<PendingConsent>
}

/** Kept on our side, encrypted; the state parameter is no more than the name. */
export function openPendingConsents(store: KeyValueStore, sealer: Sealer): PendingConsents {
  return {
    async begin({ to, inputs }, redirectUri) {
      const request = { state: secret(), nonce: secret(), codeVerifier: secret(), redirectUri }
      const cookie = secret()
      const pending: PendingConsent = { ...request, browser: hashOf(cookie), to, inputs }
      const key = keyOf(request.state)
      await store.put(key, sealer.seal(JSON.stringify(pending), key), pendingSeconds)
      return { request, cookie }
    },
    async take(state, cookie) {
      const key = keyOf(state)
      const sealed = await store.get(key)
      await store.delete(key)
      const opened = sealed === null ? null : sealer.open(sealed, key)
      if (opened === null) {
        throw invalid('The link has expired or was used before', 'Open the invitation again.')
      }
      const pending = Pending.parse(JSON.parse(opened))
      if (!sameText(pending.browser, hashOf(cookie ?? ''))) {
        throw invalid('This was begun in another browser', 'Open the invitation again, in this browser.')
      }
      return pending
    },
  }
}

function keyOf(state: string): string {
  return `consent/${hashOf(state)}`
}

function secret(): string {
  return randomBytes(32).toString('base64url')
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** In constant time. */
function sameText(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

function invalid(what: string, remedy: string): JobError {
  return new JobError('consent-invalid', `${what}.`, remedy)
}
