import { createInvitations, invitationDays } from '../../auth/consent/invitations'
import { JobError } from '../../errors'
import { findJob } from '../../definition/find-job'
import { openSingleUse } from '../../state/single-use'
import { requireSealer } from '../params/encryption-key'
import { ownOrganisation, ownOrgIds } from '../tenant'
import { assertOwnDestination } from './consents'
import { readInvitationParams } from './invitation-params'
import { connectUrl } from './own-urls'
import type { Invitation, Invitations } from '../../auth/consent/invitations'
import type { Platform } from '../platform'

/** Makes or revokes an invitation, which only the holder of the namespace's key, or of a session on the status page, can do. */
export async function command(platform: Platform): Promise<object> {
  const asked = readInvitationParams(platform.params)
  const invitations = openInvitations(platform)
  await openSingleUse(platform.files, platform.ims.clock).tidy(platform.ims.clock.now())
  if (asked.kind === 'invite') return invite(platform, invitations, asked.invitation)
  const revoked = await invitations.revoke(asked.id)
  return { revoked, ...(revoked ? {} : { reason: 'it was used or revoked before' }) }
}

/** @throws JobError `input-missing`, `input-invalid` */
export function openInvitations({
  sealer,
  files,
  ims,
}: Pick<Platform, 'sealer' | 'files' | 'ims'>): Invitations {
  return createInvitations(requireSealer(sealer), openSingleUse(files, ims.clock), ims.clock)
}

async function invite(
  platform: Platform,
  invitations: Invitations,
  { to, orgId, inputs }: Omit<Invitation, 'id'>,
): Promise<object> {
  const { params, runtime } = platform
  if (to === 'adobe') {
    if (orgId !== null && ownOrgIds(params).includes(orgId)) throw ownOrganisation
    if (orgId !== null) await assertOwnDestination(platform, orgId, inputs)
  } else assertAsksForConsent(platform, to)
  const { id, text } = invitations.make({ to, orgId, inputs })
  const link = new URL(`${connectUrl(params, runtime)}/start`)
  link.searchParams.set('invitation', text)
  return {
    link: link.href,
    id,
    to,
    orgId,
    validDays: invitationDays,
    next: [
      'Send the link to the person who must consent. It can be used once.',
      ...(to === 'adobe' && orgId === null
        ? ['Any organisation can use it: give `org` if you know it.']
        : []),
      `To take it back: aio rt action invoke analytics-ingest/connect --param revoke ${id} --result`,
    ].join(' '),
  }
}

/** @throws JobError `job-unknown`, `params-invalid` */
function assertAsksForConsent({ jobs }: Platform, name: string): void {
  if (findJob(jobs, name).source.consent) return
  throw new JobError(
    'params-invalid',
    `The source of the job "${name}" needs no consent.`,
    'Invite to `adobe`, or to a job whose source uses OAUTH2_AUTHORIZATION_CODE.',
  )
}
