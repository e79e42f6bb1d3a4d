import { toPem } from './credential-params'
import type { Redactor } from '../../http/redact'

type Params = Readonly<Record<string, unknown>>

/** The app's own secrets. The redactor learns those of jobs by reference, when they are resolved. */
const secretInputs = [
  'IMS_OAUTH_S2S_CLIENT_SECRET',
  'IMS_ADMIN_CLIENT_SECRET',
  'JWT_CLIENT_SECRET',
  'JWT_PRIVATE_KEY',
  'TOKEN_ENCRYPTION_KEY',
  'ALERT_WEBHOOK_URL',
  'ALERT_WEBHOOK_SECRET',
]

/** Tells the redactor every secret that an activation begins with, before anything is logged. */
export function learnSecrets(params: Params, env: NodeJS.ProcessEnv, redactor: Redactor): void {
  for (const name of secretInputs) redactor.add(params[name])
  const { JWT_PRIVATE_KEY: key, __ims_oauth_s2s: annotated } = params
  if (typeof key === 'string' && key !== '') redactor.add(toPem(key))
  if (typeof annotated === 'object' && annotated !== null && 'client_secret' in annotated)
    redactor.add(annotated.client_secret)
  // `uuid:key`: HTTP Basic sends the whole, and only the key is secret.
  const apiKey = env.__OW_API_KEY ?? ''
  redactor.add(apiKey)
  redactor.add(apiKey.slice(apiKey.indexOf(':') + 1))
}
