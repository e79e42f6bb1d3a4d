import type { Finding } from './finding'

/** The scopes that the Developer Console shows for Analytics; the page of the credential is authoritative. */
const usualScopes = '["openid","AdobeID","read_organizations","additional_info.projectedProductContext"]'

/**
 * How to leave JWT, with the values that stay: the new credential keeps client id, technical account, APIs and product
 * profiles.
 * @see Adobe Developer Console, Migrating from Service Account (JWT) to OAuth Server-to-Server
 */
export function migrationSteps(inputs: Readonly<Record<string, string>>): Finding[] {
  if (!inputs.JWT_CLIENT_ID) return []
  const steps = inputs.IMS_OAUTH_S2S_CLIENT_ID
    ? ['Remove every JWT_* from .env and deploy again.']
    : [
        'Developer Console, your project, Service Account (JWT): Migrate (or add OAuth Server-to-Server to the project).',
        `In .env set IMS_OAUTH_S2S_CLIENT_ID=${inputs.JWT_CLIENT_ID}`,
        `In .env set IMS_OAUTH_S2S_ORG_ID=${inputs.JWT_IMS_ORG ?? ''}`,
        `In .env set IMS_OAUTH_S2S_SCOPES=${usualScopes} (compare with the page of the credential)`,
        'In .env set IMS_OAUTH_S2S_CLIENT_SECRET to the secret on the page of the credential.',
        'Run npm run doctor again, then deploy.',
        'After a day without use of the old credential: delete it in the console, and every JWT_* in .env.',
      ]
  return steps.map((message, index) => ({
    level: 'obsolete',
    subject: `JWT to OAuth, step ${index + 1} of ${steps.length}`,
    message,
  }))
}
