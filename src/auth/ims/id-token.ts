import { createRemoteJWKSet, customFetch, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import * as z from 'zod'
import { JobError } from '../../errors'
import { readOrgId } from '../../org-id'
import { decisionMaxBytes } from '../../http/http-client'
import type { Clock } from '../../clock'
import type { HttpClient } from '../../http/http-client'

/** The issuer in Adobe's page on Admin consent, and in the discovery document. */
const issuers = ['https://ims-na1.adobelogin.com/ims', 'https://ims-na1.adobelogin.com']
const leewaySeconds = 60
const keysTimeoutMs = 5_000
/** An unknown key id triggers a new download of the keys, at most once in this time. */
const cooldownMs = 30_000

const Claims = z.object({
  aud: z.string(),
  nonce: z.string(),
  // Adobe's table names it org_id; Adobe's samples read orgId.
  orgId: z.string().optional(),
  org_id: z.string().optional(),
})

export interface IdTokenRules {
  readonly clientId: string
  readonly nonce: string
}

/** Returns the organisation in a verified ID token. @throws JobError `consent-invalid`, `token-unavailable` */
export type VerifyIdToken = (idToken: string, rules: IdTokenRules) => Promise<string>

/**
 * Verifies ID tokens of Adobe IMS: RS256 only, IMS key, issuer, audience, times, nonce, exactly one organisation.
 * @param keysUrl `/ims/keys`
 * @see OpenID Connect Core §3.1.3.7 and Adobe Developer Console, Admin authentication
 */
export function createIdTokenVerifier(keysUrl: string, http: HttpClient, clock: Clock): VerifyIdToken {
  const keys = createRemoteJWKSet(new URL(keysUrl), {
    cooldownDuration: cooldownMs,
    [customFetch]: async (url) => {
      const { status, body } = await http({
        method: 'GET',
        url,
        timeoutMs: keysTimeoutMs,
        maxBytes: decisionMaxBytes,
      })
      return new Response(new Uint8Array(body), { status })
    },
  })

  return async function verify(idToken, { clientId, nonce }) {
    if (keyIdOf(idToken) === undefined) throw invalid('it does not name the key that signed it')
    const payload = await jwtVerify(idToken, keys, {
      algorithms: ['RS256'],
      issuer: issuers,
      audience: clientId,
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
      clockTolerance: leewaySeconds,
      currentDate: new Date(clock.now()),
    }).then(
      (verified) => verified.payload,
      (error: unknown) => {
        throw errorOf(error)
      },
    )
    const claims = Claims.safeParse(payload).data
    if (claims?.nonce !== nonce) throw invalid('the nonce is not the one that was sent')
    if (Number(payload.iat) * 1000 > clock.now() + leewaySeconds * 1000)
      throw invalid('it is from the future')
    return organisationOf(claims)
  }
}

/** The key id; null if the header cannot be read, in which case jose reports the error. */
function keyIdOf(idToken: string): string | null | undefined {
  try {
    return decodeProtectedHeader(idToken).kid
  } catch {
    return null
  }
}

function organisationOf({ orgId, org_id }: z.infer<typeof Claims>): string {
  if (orgId !== undefined && org_id !== undefined && orgId !== org_id) {
    throw invalid('it names two organisations')
  }
  const named = readOrgId(orgId ?? org_id ?? '')
  if (named === null) throw invalid('it names no organisation')
  return named
}

/** Errors of the token refuse the consent; only a failed download of the keys is an outage. */
function errorOf(error: unknown): JobError {
  if (error instanceof errors.JWTExpired) return invalid('it has expired')
  if (error instanceof errors.JWTClaimValidationFailed) return invalid(`the claim ${error.claim} is invalid`)
  if (error instanceof errors.JOSEAlgNotAllowed) return invalid('it is not signed with RS256')
  if (error instanceof errors.JWKSNoMatchingKey) return invalid('no key of IMS has signed it')
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalid('the signature is invalid')
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid)
    return invalid('it is not a token')
  // `crit` names an extension that jose does not support, or the key type does not match.
  if (error instanceof errors.JOSENotSupported) return invalid('it requires an unsupported extension')
  return new JobError(
    'token-unavailable',
    'The keys of IMS for the verification of the ID token are unavailable.',
    'Open the invitation again in a few minutes; if this continues, check IMS_BASE_URL.',
  )
}

function invalid(why: string): JobError {
  return new JobError(
    'consent-invalid',
    `The answer cannot be trusted to come from Adobe: ${why}.`,
    'Open the invitation again. If it happens again, tell the sender.',
  )
}
