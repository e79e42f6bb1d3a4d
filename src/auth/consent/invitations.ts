import * as z from 'zod'
import { JobError } from '../../errors'
import type { Clock } from '../../clock'
import type { Sealer } from '../../state/sealer'

export const invitationDays = 7

const purpose = 'invitation'
const dayMs = 24 * 60 * 60 * 1000

const Invitation = z.object({
  /** `adobe`, or the job whose source asks. */
  to: z.string(),
  /** Inputs of the tenant that will be linked. */
  inputs: z.record(z.string(), z.string()),
  expiresAt: z.number(),
})
export type Invitation = Omit<z.infer<typeof Invitation>, 'expiresAt'>

/**
 * Links that begin a consent. Only who holds the key of the namespace can have one made, so that no stranger links an
 * account of theirs to this app. An invitation needs no store: it is sealed.
 */
export interface Invitations {
  make(invitation: Invitation): string
  /** @throws JobError `consent-invalid` */
  read(text: string): Invitation
}

export function createInvitations(sealer: Sealer, clock: Clock): Invitations {
  return {
    make: (invitation) =>
      sealer.seal(
        JSON.stringify({ ...invitation, expiresAt: clock.now() + invitationDays * dayMs }),
        purpose,
      ),
    read(text) {
      const opened = sealer.open(text, purpose)
      const invitation = opened === null ? null : Invitation.parse(JSON.parse(opened))
      if (invitation && clock.now() < invitation.expiresAt) return invitation
      throw new JobError(
        'consent-invalid',
        invitation ? 'The invitation has expired.' : 'This is no invitation of this app.',
        'Ask whoever sent you the link for a new one.',
      )
    },
  }
}
