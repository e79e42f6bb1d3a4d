import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import { NotConfigured } from '../token-provider'
import { acceptedClient, assertNamesOrg, bearerToken, readableClaims, unauthorized } from './caller'
import { confirmToken, membershipsOf, organizationsOf } from './confirm-caller'
import type { AccessToken, TokenProvider } from '../token-provider'
import type { Admitted, Caller, CallerRules } from './caller'
import type { CallerToken, Memberships } from './confirm-caller'
import type { ImsContext } from './ims-client'

const positiveMs = 5 * 60_000
/** Negative cache: without it, each request with a refused token would cost two requests to IMS. */
const negativeMs = 30_000
const maxRemembered = 1_000

/** A caller that IMS has confirmed. */
interface Confirmed {
  readonly orgIds: readonly string[]
  /** Read only if the rules need it. */
  readonly memberships: Memberships | null
  readonly until: number
}

interface Refused {
  readonly error: JobError
  readonly until: number
}

/** Cached answers of IMS by token hash, shared by all requests of a container. Outages are not cached. */
export interface KnownCallers {
  readonly confirmed: Map<string, Confirmed>
  /** A separate cache, so that refused tokens cannot evict confirmed ones. */
  readonly refused: Map<string, Refused>
}

export function noKnownCallers(): KnownCallers {
  return { confirmed: new Map(), refused: new Map() }
}

export interface User {
  readonly caller: Caller
  readonly rules: CallerRules
  readonly known: KnownCallers
}

/**
 * The caller's own token after confirmation by IMS: authentic, unexpired, of an accepted client, and of an admitted member
 * of this app's organisation. Fails closed: during an outage of IMS every caller is refused.
 * @throws NotConfigured without an `Authorization` header; JobError `caller-unauthorized`, `caller-forbidden`,
 * `token-unavailable`
 */
export function fromUserToken({ caller, rules, known }: User, context: ImsContext): TokenProvider {
  return async function present(): Promise<AccessToken> {
    if (caller.authorization === undefined)
      throw new NotConfigured('User token', ['the header Authorization'])
    const value = bearerToken(caller.authorization)
    assertNamesOrg(caller, rules)
    const claims = await readableClaims(value, context.baseUrl, context.clock.now())
    const clientId = acceptedClient(claims, rules)
    const expiresAt = claims.created_at + claims.expires_in

    const confirmed = await confirmOnce({ value, clientId }, expiresAt, rules, known, context)
    if (!confirmed.orgIds.includes(rules.orgId)) {
      throw unauthorized(
        'the user is not a member of the organisation of this app',
        'Log in to the right organisation.',
      )
    }
    if (rules.admitted) assertAdmitted(claims.user_id, confirmed.memberships, rules.admitted)
    return { value, expiresAt, clientId }
  }
}

async function confirmOnce(
  token: CallerToken,
  expiresAt: number,
  rules: CallerRules,
  { confirmed, refused }: KnownCallers,
  context: ImsContext,
): Promise<Confirmed> {
  const now = context.clock.now()
  const hash = createHash('sha256').update(token.value).digest('hex')
  const refusal = refused.get(hash)
  if (refusal && now < refusal.until) throw refusal.error
  const found = confirmed.get(hash)
  if (found && now < found.until) return found
  try {
    await confirmToken(token, context)
    const orgIds = await organizationsOf(token, context)
    const memberships = rules.admitted ? await membershipsOf(token, rules.orgId, context) : null
    const until = Math.min(expiresAt, context.clock.now() + positiveMs)
    return remember(confirmed, hash, { orgIds, memberships, until })
  } catch (error) {
    if (error instanceof JobError && error.code === 'caller-unauthorized')
      remember(refused, hash, { error, until: context.clock.now() + negativeMs })
    throw error
  }
}

/** Adds an entry, and evicts the oldest one above the limit. */
function remember<Value>(map: Map<string, Value>, hash: string, value: Value): Value {
  map.delete(hash)
  map.set(hash, value)
  const [oldest] = map.keys()
  if (map.size > maxRemembered && oldest !== undefined) map.delete(oldest)
  return value
}

function assertAdmitted(
  userId: string | undefined,
  memberships: Memberships | null,
  admitted: Admitted,
): void {
  const { roles = [], productProfiles = [] } = memberships ?? {}
  if (userId !== undefined && admitted.userIds.includes(userId)) return
  if (productProfiles.some((profile) => admitted.productProfiles.includes(profile))) return
  if (roles.some((role) => admitted.roles.includes(role))) return
  throw new JobError(
    'caller-forbidden',
    'Forbidden: only some members of the organisation may do this, and the user is not one of them.',
    'Ask an admin for one of the product profiles or roles that this app admits. A token shows them only with the scopes additional_info.projectedProductContext and additional_info.roles.',
  )
}
