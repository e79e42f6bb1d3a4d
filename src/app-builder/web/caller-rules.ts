import { JobError } from '../../errors'
import { listOf } from '../params/credential-params'
import { ownOrgIds } from '../tenant'
import type { Admitted, CallerRules } from '../../auth/ims/caller'
import type { ActionParams } from '../platform'

/** The client that the Experience Cloud shell's own tokens belong to. */
const shellClientId = 'exc_app'

/**
 * The rules for accepting a caller's token. Clients: the app's own credential and the Experience Cloud shell, or the
 * clients in `TRIGGER_CLIENT_IDS` instead. Users: all members of the organisation, or only those that
 * `TRIGGER_PRODUCT_PROFILES`, `TRIGGER_ROLES` or `TRIGGER_USER_IDS` name. Reads ids only, no secret.
 * @throws JobError `input-missing` where no input names the app's own organisation
 */
export function readCallerRules(params: ActionParams): CallerRules {
  const [orgId] = ownOrgIds(params)
  if (orgId === undefined) throw noOrganisation
  const { IMS_OAUTH_S2S_CLIENT_ID: oauth, JWT_CLIENT_ID: jwt } = params
  const own = [oauth, jwt].filter((id) => typeof id === 'string' && id !== '') as string[]
  const listed = listOf(params, 'TRIGGER_CLIENT_IDS')
  return {
    orgId,
    clientIds: listed.length > 0 ? listed : [...own, shellClientId],
    admitted: readAdmitted(params),
  }
}

function readAdmitted(params: ActionParams): Admitted | null {
  const admitted = {
    userIds: listOf(params, 'TRIGGER_USER_IDS'),
    productProfiles: listOf(params, 'TRIGGER_PRODUCT_PROFILES'),
    roles: listOf(params, 'TRIGGER_ROLES'),
  }
  return Object.values(admitted).every((list) => list.length === 0) ? null : admitted
}

const noOrganisation = new JobError(
  'input-missing',
  'No input names the organisation that this app belongs to.',
  'Set IMS_OAUTH_S2S_CLIENT_ID and IMS_OAUTH_S2S_ORG_ID in .env and deploy again.',
)
