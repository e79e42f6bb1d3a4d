import { JobError } from '../../errors'
import { readCredentials } from '../params/credential-params'
import type { CallerRules } from '../../auth/ims/from-user-token'
import type { ActionParams } from '../define-action'

/** The client that the Experience Cloud shell's own tokens belong to. */
const shellClientId = 'exc_app'

/**
 * Whose tokens are let in: those of the app's own credential and of the Experience Cloud shell, or of the clients that
 * `TRIGGER_CLIENT_IDS` lists instead.
 * @throws JobError `input-missing` where it is unknown which organisation the app belongs to
 */
export function readCallerRules(params: ActionParams): CallerRules {
  const { serverToServer, jwt } = readCredentials(params)
  const own = 'missing' in serverToServer ? jwt : serverToServer
  if ('missing' in own) throw noOrganisation
  const { TRIGGER_CLIENT_IDS: listed } = params
  const named = typeof listed === 'string' ? listed.split(/[\s,]+/).filter((id) => id !== '') : []
  return { orgId: own.orgId, clientIds: named.length > 0 ? named : [own.clientId, shellClientId] }
}

const noOrganisation = new JobError(
  'input-missing',
  'No credential says which organisation this app belongs to.',
  'Set IMS_OAUTH_S2S_* in .env and deploy again.',
)
