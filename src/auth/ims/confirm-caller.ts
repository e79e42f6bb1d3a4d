import * as z from 'zod'
import { readOrgId } from '../../org-id'
import { unauthorized } from './caller'
import { askIms, imsOutage } from './ims-client'
import type { AuthorityAnswer } from '../authority'
import type { ImsContext } from './ims-client'

const provider = 'User token'

/** The caller's token and its client id. */
export interface CallerToken {
  readonly value: string
  readonly clientId: string
}

/** A user's product profiles and roles in one organisation. */
export interface Memberships {
  /** Name and group id of each product profile. */
  readonly productProfiles: readonly string[]
  readonly roles: readonly string[]
}

const Validation = z.object({ valid: z.boolean() })
const Organizations = z.array(z.object({ orgRef: z.object({ ident: z.string(), authSrc: z.string() }) }))
const Profile = z.object({
  roles: z.array(z.object({ organization: z.string(), named_role: z.string() })).default([]),
  projectedProductContext: z
    .array(
      z.object({
        prodCtx: z.object({
          owningEntity: z.string(),
          statusCode: z.string().default('ACTIVE'),
          groupid: z.coerce.string().optional(),
          user_visible_name: z.string().optional(),
        }),
      }),
    )
    .default([]),
})

/**
 * Validates a token at IMS.
 * @see POST /ims/validate_token/v1: HTTP 200 also for invalid tokens, the body decides
 * @throws JobError `caller-unauthorized`, `token-unavailable`
 */
export async function confirmToken(token: CallerToken, context: ImsContext): Promise<void> {
  const answer = await askIms(context, {
    provider,
    method: 'POST',
    path: '/ims/validate_token/v1',
    headers: headersOf(token),
    form: { type: 'access_token', client_id: token.clientId },
  })
  const validation = Validation.safeParse(answer.body)
  if (answer.status !== 200 || !validation.success) throw imsOutage(provider, answer)
  if (!validation.data.valid) throw unauthorized('IMS does not confirm the token', 'Log in again.')
}

/** @see GET /ims/organizations/v6 @throws JobError `caller-unauthorized`, `token-unavailable` */
export async function organizationsOf(token: CallerToken, context: ImsContext): Promise<readonly string[]> {
  const answer = await get('/ims/organizations/v6', token, context)
  assertReadable(answer, 'its organisations', 'read_organizations; the I/O Management API brings it')
  const parsed = Organizations.safeParse(answer.body)
  if (answer.status !== 200 || !parsed.success) throw imsOutage(provider, answer)
  return parsed.data.flatMap(({ orgRef }) => readOrgId(`${orgRef.ident}@${orgRef.authSrc}`) ?? [])
}

/**
 * Reads product profiles and admin roles. IMS omits those that the token's scopes do not cover.
 * @see GET /ims/profile/v1, scopes `additional_info.projectedProductContext` and `additional_info.roles`
 * @throws JobError `caller-unauthorized`, `token-unavailable`
 */
export async function membershipsOf(
  token: CallerToken,
  orgId: string,
  context: ImsContext,
): Promise<Memberships> {
  const answer = await get('/ims/profile/v1', token, context)
  assertReadable(answer, 'its profile', 'additional_info.projectedProductContext and additional_info.roles')
  const parsed = Profile.safeParse(answer.body)
  if (answer.status !== 200 || !parsed.success) throw imsOutage(provider, answer)
  const { roles, projectedProductContext } = parsed.data
  return {
    roles: roles
      .filter(({ organization }) => readOrgId(organization) === orgId)
      .map(({ named_role: role }) => role),
    productProfiles: projectedProductContext
      .map(({ prodCtx }) => prodCtx)
      .filter(({ owningEntity, statusCode }) => readOrgId(owningEntity) === orgId && statusCode === 'ACTIVE')
      .flatMap(({ groupid, user_visible_name: name }) => [groupid ?? [], name ?? []].flat()),
  }
}

function get(path: string, token: CallerToken, context: ImsContext): Promise<AuthorityAnswer> {
  return askIms(context, { provider, method: 'GET', path, headers: headersOf(token) })
}

function headersOf({ value, clientId }: CallerToken): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${value}`, 'x-ims-clientid': clientId }
}

function assertReadable({ status }: AuthorityAnswer, what: string, scopes: string): void {
  if (status !== 401 && status !== 403) return
  throw unauthorized(`the token may not read ${what}`, `Ask for the scope ${scopes}.`)
}
