import { createHash } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import { NotConfigured } from '../token-provider'
import { askIms, imsOutOfOrder } from './ims-client'
import { tokenClaims } from './ims-library'
import type { AccessToken, TokenProvider } from '../token-provider'
import type { ImsContext } from './ims-client'
import type { TokenClaims } from './token-claims'

const provider = 'User token'
const positiveMs = 5 * 60_000
const maxRemembered = 1_000

/** Whoever calls a web action, as the request headers say; nothing of it is believed before IMS confirms it. */
export interface Caller {
  /** `Authorization` */
  readonly authorization: string | undefined
  /** `x-gw-ims-org-id` */
  readonly orgId: string | undefined
}

export interface CallerRules {
  /** Clients whose tokens are accepted: the app's own, and that of the Experience Cloud shell. */
  readonly clientIds: readonly string[]
  /** The organisation that this app belongs to. */
  readonly orgId: string
}

/** A caller that IMS has confirmed. */
interface Confirmed {
  readonly expiresAt: number
  readonly clientId: string
  readonly orgIds: readonly string[]
  readonly until: number
}

/** Confirmed callers by token hash, shared by all requests of a container. A refusal is never remembered. */
export type ConfirmedCallers = Map<string, Confirmed>

export interface User {
  readonly caller: Caller
  readonly rules: CallerRules
  readonly confirmed: ConfirmedCallers
}

const Validation = z.object({ valid: z.boolean(), reason: z.string().optional() })
const Organizations = z.array(z.object({ orgRef: z.object({ ident: z.string(), authSrc: z.string() }) }))

/**
 * The caller's own token, after IMS has confirmed it: genuine, unexpired, of an accepted client, and of a member of
 * this app's organisation. Where IMS cannot be asked, nobody gets in.
 * @see POST /ims/validate_token/v1, GET /ims/organizations/v6
 * @throws NotConfigured without an `Authorization` header; JobError `caller-unauthorized`, `token-unavailable`
 */
export function fromUserToken({ caller, rules, confirmed }: User, context: ImsContext): TokenProvider {
  return async function present(): Promise<AccessToken> {
    if (caller.authorization === undefined) throw new NotConfigured(provider, ['the header Authorization'])
    const value = bearerToken(caller.authorization)
    assertNamesOrg(caller, rules)
    const now = context.clock.now()
    const claims = await readableClaims(value, context.baseUrl, now)
    const clientId = acceptedClient(claims, rules)

    const hash = createHash('sha256').update(value).digest('hex')
    let known = confirmed.get(hash)
    if (!known || known.until <= now) {
      known = await confirm(value, clientId, claims, context)
      remember(confirmed, hash, known)
    }
    if (!known.orgIds.includes(rules.orgId)) {
      throw unauthorized(`the person is no member of ${rules.orgId}`, 'Log in to the right organisation.')
    }
    return { value, expiresAt: known.expiresAt, clientId, orgId: rules.orgId }
  }
}

/** @see RFC 6750 §2.1; the scheme is case-insensitive */
function bearerToken(authorization: string): string {
  const [, token] = /^bearer +([\w.~+/-]+=*)$/i.exec(authorization.trim()) ?? []
  if (token !== undefined) return token
  throw unauthorized(
    'the header Authorization is not one bearer token',
    'Send `Authorization: Bearer <token>`.',
  )
}

function assertNamesOrg({ orgId }: Caller, rules: CallerRules): void {
  if (orgId === rules.orgId) return
  throw unauthorized(
    orgId === undefined ? 'the header x-gw-ims-org-id is missing' : 'x-gw-ims-org-id is another organisation',
    `Send \`x-gw-ims-org-id: ${rules.orgId}\` (with x-gw, not w-gw).`,
  )
}

/** What can be seen without asking IMS; it saves the question, it proves nothing. */
async function readableClaims(token: string, baseUrl: string, now: number): Promise<TokenClaims> {
  const claims = await tokenClaims(token)
  if (!claims) throw unauthorized('the token is not one of IMS', 'Log in again.')
  if (claims.type !== 'access_token') throw unauthorized('it is no access token', 'Send an access token.')
  if (claims.created_at + claims.expires_in <= now)
    throw unauthorized('the token has expired', 'Log in again.')
  if (claims.as !== undefined && claims.as !== environmentOf(baseUrl)) {
    throw unauthorized('the token belongs to another IMS environment', 'Log in to the same one as this app.')
  }
  return claims
}

/** `ims-na1` or `ims-na1-stg1`: the first label of the host, which a token repeats. */
function environmentOf(baseUrl: string): string {
  const { hostname } = new URL(baseUrl)
  return hostname.endsWith('.adobelogin.com') ? (hostname.split('.')[0] ?? '') : 'ims-na1'
}

function acceptedClient({ client_id: clientId }: TokenClaims, { clientIds }: CallerRules): string {
  if (clientId !== undefined && clientIds.includes(clientId)) return clientId
  throw unauthorized(
    'the token belongs to a client that is not accepted here',
    'Name the client in TRIGGER_CLIENT_IDS, or log in through an accepted one.',
  )
}

async function confirm(
  token: string,
  clientId: string,
  claims: TokenClaims,
  context: ImsContext,
): Promise<Confirmed> {
  const headers = { authorization: `Bearer ${token}`, 'x-ims-clientid': clientId }
  const answer = await askIms(context, {
    provider,
    method: 'POST',
    path: '/ims/validate_token/v1',
    headers,
    form: { type: 'access_token', client_id: clientId },
  })
  const validation = Validation.safeParse(answer.body)
  if (answer.status !== 200 || !validation.success) throw imsOutOfOrder(provider, answer)
  if (!validation.data.valid) throw unauthorized('IMS does not confirm the token', 'Log in again.')

  const expiresAt = claims.created_at + claims.expires_in
  const orgIds = await organizationsOf(headers, context)
  return { expiresAt, clientId, orgIds, until: Math.min(expiresAt, context.clock.now() + positiveMs) }
}

async function organizationsOf(
  headers: Readonly<Record<string, string>>,
  context: ImsContext,
): Promise<readonly string[]> {
  const answer = await askIms(context, { provider, method: 'GET', path: '/ims/organizations/v6', headers })
  if (answer.status === 401 || answer.status === 403) {
    throw unauthorized(
      'the token may not read its organisations',
      'Ask for the scope read_organizations; the I/O Management API brings it.',
    )
  }
  const parsed = Organizations.safeParse(answer.body)
  if (answer.status !== 200 || !parsed.success) throw imsOutOfOrder(provider, answer)
  return parsed.data.map(({ orgRef }) => `${orgRef.ident}@${orgRef.authSrc}`)
}

/** The oldest goes first once there are too many. */
function remember(confirmed: ConfirmedCallers, hash: string, caller: Confirmed): void {
  confirmed.delete(hash)
  confirmed.set(hash, caller)
  const [oldest] = confirmed.keys()
  if (confirmed.size > maxRemembered && oldest !== undefined) confirmed.delete(oldest)
}

function unauthorized(why: string, remedy: string): JobError {
  return new JobError('caller-unauthorized', `The caller is not let in: ${why}.`, remedy)
}
