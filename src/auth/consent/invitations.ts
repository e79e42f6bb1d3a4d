import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import type { Clock } from '../../clock'
import type { Sealer } from '../../state/sealer'
import type { SingleUse } from '../../state/single-use'

export const invitationDays = 7

const purpose = 'invitation'
const dayMs = 24 * 60 * 60 * 1000

export const Invitation = z.object({
  /** Identifies it for revocation and contains its expiry: `<ms since the epoch>-<random>`. */
  id: z.string(),
  /** `adobe`, or the job whose source needs the consent. */
  to: z.string(),
  /** The only organisation that may use it; null if any may. */
  orgId: z.string().nullable(),
  /** Inputs of the tenant that will be linked. */
  inputs: z.record(z.string(), z.string()),
})
export type Invitation = z.infer<typeof Invitation>

/**
 * Links that start a consent. Only the holder of the namespace's key can create one, so that no stranger links an
 * account to this app. An invitation is encrypted and needs no store; its use or revocation is stored.
 */
export interface Invitations {
  /** @returns its id, and the text for the link */
  make(invitation: Omit<Invitation, 'id'>): { readonly id: string; readonly text: string }
  /** @throws JobError `consent-invalid` if it is forged, expired, used or revoked */
  read(text: string): Promise<Invitation>
  /** Marks it as used. @throws JobError `consent-invalid` if it was used or revoked before */
  use(invitation: Pick<Invitation, 'id'>): Promise<void>
  /** Returns false if it was used or revoked before. @throws JobError `params-invalid` */
  revoke(id: string): Promise<boolean>
}

export function createInvitations(sealer: Sealer, singleUse: SingleUse, clock: Clock): Invitations {
  return {
    make(invitation) {
      const id = `${clock.now() + invitationDays * dayMs}-${randomBytes(12).toString('hex')}`
      return { id, text: sealer.seal(JSON.stringify({ ...invitation, id }), purpose) }
    },
    async read(text) {
      const opened = sealer.open(text, purpose)
      if (opened === null) throw invalid('This is no invitation of this app')
      const invitation = Invitation.parse(parseJson(opened))
      const expiresAt = expiryOf(invitation.id) ?? 0
      if (clock.now() >= expiresAt) throw invalid('The invitation has expired')
      if (await singleUse.isClaimed(nameOf(invitation.id), expiresAt)) throw used
      return invitation
    },
    async use({ id }) {
      if (!(await singleUse.claim(nameOf(id), expiryOf(id) ?? 0))) throw used
    },
    async revoke(id) {
      const expiresAt = expiryOf(id)
      if (expiresAt === null) throw noId
      return singleUse.claim(nameOf(id), expiresAt)
    },
  }
}

function nameOf(id: string): string {
  return `invitation/${id}`
}

function expiryOf(id: string): number | null {
  const [, expiresAt] = /^(\d{13})-[0-9a-f]{24}$/.exec(id) ?? []
  return expiresAt === undefined ? null : Number(expiresAt)
}

function invalid(what: string): JobError {
  return new JobError('consent-invalid', `${what}.`, 'Ask the sender of the link for a new one.')
}

const used = invalid('The invitation was used before, or revoked')

const noId = new JobError(
  'params-invalid',
  'The parameter "revoke" is not the id of an invitation.',
  'Give the `id` that was printed when the invitation was made.',
)
