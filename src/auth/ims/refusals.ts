import type { RefusalMeaning } from '../token-refused'

/** The remedy for a refusal of IMS, and its meaning. */
export interface Explanation {
  readonly remedy: string
  readonly meaning: RefusalMeaning
}

interface Refusal {
  readonly path: '/ims/token/v3' | '/ims/exchange/jwt'
  readonly imsError: string
  /** Set if the meaning of the error depends on the status. */
  readonly status?: number
  readonly remedy: string
  readonly meaning?: RefusalMeaning
}

const migrate =
  'Adobe switched JWT credentials off on 2026-03-01: add an OAuth Server-to-Server credential to the same project, set IMS_OAUTH_S2S_* and remove JWT_*.'

/**
 * Adobe tabulates the errors of /ims/exchange/jwt only; those of /ims/token/v3 follow RFC 6749 §5.2.
 * @see Adobe Developer Console, Service Account (JWT): error codes of the JWT exchange
 */
const refusals: readonly Refusal[] = [
  {
    path: '/ims/token/v3',
    imsError: 'invalid_client',
    remedy:
      'Check client id and client secret in the Developer Console; a deleted or rotated secret is refused.',
  },
  {
    path: '/ims/token/v3',
    imsError: 'invalid_scope',
    remedy:
      'Copy the scopes from the credential page of the Developer Console; a single unknown scope makes IMS refuse all.',
  },
  {
    path: '/ims/token/v3',
    imsError: 'unauthorized_client',
    remedy: 'Add the OAuth Server-to-Server credential to the project in the Developer Console.',
    meaning: 'credential-gone',
  },
  {
    path: '/ims/token/v3',
    imsError: 'unsupported_grant_type',
    remedy: 'Check IMS_BASE_URL: this server does not know client credentials.',
  },
  {
    path: '/ims/exchange/jwt',
    imsError: 'invalid_client',
    status: 400,
    remedy: `The client is unknown, or its id and the token's audience belong to different IMS environments: check JWT_CLIENT_ID and IMS_BASE_URL. ${migrate}`,
  },
  {
    path: '/ims/exchange/jwt',
    imsError: 'invalid_client',
    status: 401,
    remedy: `Check JWT_CLIENT_SECRET; else the client may no longer exchange JWTs. ${migrate}`,
  },
  {
    path: '/ims/exchange/jwt',
    imsError: 'invalid_token',
    remedy:
      'The JWT counts as expired or undecodable: check the clock of this machine, then JWT_TECHNICAL_ACCOUNT_ID and JWT_IMS_ORG.',
  },
  {
    path: '/ims/exchange/jwt',
    imsError: 'invalid_signature',
    remedy:
      'No certificate of the credential matches: set JWT_PRIVATE_KEY to the key of the uploaded certificate.',
  },
  {
    path: '/ims/exchange/jwt',
    imsError: 'invalid_jti',
    remedy: `The credential demands one-time JWTs (jti), which this app does not make. ${migrate}`,
  },
  {
    path: '/ims/exchange/jwt',
    imsError: 'invalid_scope',
    remedy: 'Set JWT_METASCOPES to metascopes of the credential, such as ent_analytics_bulk_ingest_sdk.',
  },
  {
    path: '/ims/exchange/jwt',
    imsError: 'bad_request',
    remedy: 'Check JWT_TECHNICAL_ACCOUNT_ID (…@techacct.adobe.com) and JWT_IMS_ORG (…@AdobeOrg).',
  },
]

/** Explains an error code that was received with this status. */
export function explainRefusal(path: Refusal['path'], status: number, imsError: string): Explanation {
  const refusal = refusals.find(
    (known) =>
      known.path === path &&
      known.imsError === imsError &&
      (known.status === undefined || known.status === status),
  )
  return {
    remedy:
      refusal?.remedy ??
      'Compare the credential with the Developer Console; `npm run doctor` checks it field by field.',
    meaning: refusal?.meaning ?? 'other',
  }
}
