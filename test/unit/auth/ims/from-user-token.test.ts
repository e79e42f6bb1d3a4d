import { startIms } from '../../../../emulators/ims/ims'
import { fromUserToken, noKnownCallers } from '../../../../src/auth/ims/from-user-token'
import { NotConfigured } from '../../../../src/auth/token-provider'
import { systemClock } from '../../../../src/clock'
import { errorOf } from '../../../fixtures/error-of'
import { loopbackHttp as http } from '../../../fixtures/loopback-http'
import type { ImsEmulator } from '../../../../emulators/ims/ims'
import type { Caller, CallerRules } from '../../../../src/auth/ims/caller'
import type { KnownCallers } from '../../../../src/auth/ims/from-user-token'

const orgId = '8C6767C25245AD1A0A490D4C@AdobeOrg'
const otherOrgId = '9D7878D36356BE2B1B5A1E5D@AdobeOrg'
const ada = { userId: 'ada@AdobeID', orgIds: [orgId] }
const rules: CallerRules = { clientIds: ['exc_app'], orgId, admitted: null }

let ims: ImsEmulator
let known: KnownCallers
let skewMs = 0

beforeEach(async () => {
  skewMs = 0
  ims = await startIms({ now: () => Date.now() + skewMs })
  known = noKnownCallers()
})
afterEach(() => ims.stop())

function present(token: string, caller: Partial<Caller> = {}, changed: Partial<CallerRules> = {}) {
  const clock = { ...systemClock, now: () => Date.now() + skewMs }
  return fromUserToken(
    {
      caller: { authorization: `Bearer ${token}`, orgId, ...caller },
      rules: { ...rules, ...changed },
      known,
    },
    { baseUrl: ims.url, http, clock, random: () => 0 },
  )()
}
const asked = (path: string) => ims.requests.filter(({ url }) => url === path).length

it('admits a member of the organisation whose token IMS confirms', async () => {
  const token = ims.logIn(ada, 'exc_app')

  expect(await present(token)).toMatchObject({ value: token, clientId: 'exc_app' })
  expect(ims.requests[0]?.headers).toMatchObject({ 'x-ims-clientid': 'exc_app' })
})

it('accepts the scheme Bearer in any case', async () => {
  const token = ims.logIn(ada, 'exc_app')

  await expect(present(token, { authorization: `bearer ${token}` })).resolves.toBeDefined()
})

it('is not configured without an Authorization header', async () => {
  await expect(present('', { authorization: undefined })).rejects.toBeInstanceOf(NotConfigured)
})

describe('before a request to IMS', () => {
  it.each([
    ['an empty token', { authorization: 'Bearer ' }],
    ['two tokens', { authorization: 'Bearer a.b.c, Bearer d.e.f' }],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['a token that is not a JWT', { authorization: 'Bearer opaque' }],
    ['no organisation header', { orgId: undefined }],
    ['another organisation in the header', { orgId: otherOrgId }],
  ])('refuses %s', async (_what, caller) => {
    const error = await errorOf(present(ims.logIn(ada, 'exc_app'), caller))

    expect(error.code).toBe('caller-unauthorized')
    expect(ims.requests).toEqual([])
  })

  it.each([
    ['a refresh token', { type: 'refresh_token' }],
    ['a token of another environment', { as: 'ims-na1-stg1' }],
    ['a token of a client that is not accepted', { client_id: 'stranger' }],
    ['an expired token', { created_at: '0' }],
  ])('refuses %s', async (_what, claims) => {
    const error = await errorOf(present(ims.logIn(ada, 'exc_app', undefined, claims)))

    expect(error.code).toBe('caller-unauthorized')
    expect(ims.requests).toEqual([])
  })
})

it('refuses a token that IMS does not confirm, such as one with a forged signature', async () => {
  const [head, , signature] = ims.logIn(ada, 'exc_app').split('.')
  const [, body] = ims.logIn({ ...ada, userId: 'admin@AdobeID' }, 'exc_app').split('.')

  const error = await errorOf(present([head, body, signature].join('.')))

  expect(error).toMatchObject({
    code: 'caller-unauthorized',
    message: expect.stringContaining('IMS') as string,
  })
})

it('refuses a user of another organisation, even if the header names this one', async () => {
  const token = ims.logIn({ userId: 'eve@AdobeID', orgIds: [otherOrgId] }, 'exc_app')

  expect(await errorOf(present(token))).toMatchObject({ code: 'caller-unauthorized' })
})

it('names the missing scope if the organisations cannot be read', async () => {
  const error = await errorOf(present(ims.logIn(ada, 'exc_app', 'openid')))

  expect(error.remedy).toContain('read_organizations')
})

it.each([
  ['a 503', { kind: 'reply', reply: { status: 503 } }],
  ['nonsense', { kind: 'reply', reply: { status: 200, body: '<html>' } }],
] as const)('refuses every caller while IMS answers %s', async (_what, fault) => {
  for (let tries = 0; tries < 3; tries += 1) ims.once(fault)

  expect(await errorOf(present(ims.logIn(ada, 'exc_app')))).toMatchObject({ code: 'token-unavailable' })
})

it('caches a confirmed caller for exactly five minutes', async () => {
  const token = ims.logIn(ada, 'exc_app')
  await present(token)
  await present(token)
  expect(asked('/ims/validate_token/v1')).toBe(1)

  skewMs = 5 * 60_000
  ims.revoke(token)
  expect(await errorOf(present(token))).toMatchObject({ code: 'caller-unauthorized' })
})

it('separates cached callers by token', async () => {
  const eve = ims.logIn({ userId: 'eve@AdobeID', orgIds: [otherOrgId] }, 'exc_app')
  await present(ims.logIn(ada, 'exc_app'))

  expect(await errorOf(present(eve))).toMatchObject({ code: 'caller-unauthorized' })
  expect(asked('/ims/validate_token/v1')).toBe(2)
})

it('does not cache an outage of IMS', async () => {
  const token = ims.logIn(ada, 'exc_app')
  for (let tries = 0; tries < 3; tries += 1) ims.once({ kind: 'reply', reply: { status: 503 } })
  await errorOf(present(token))

  await expect(present(token)).resolves.toBeDefined()
})

it('validates a refused token at IMS once in 30 s', async () => {
  const token = ims.logIn(ada, 'exc_app')
  ims.revoke(token)
  for (let request = 0; request < 20; request += 1) {
    expect(await errorOf(present(token))).toMatchObject({ code: 'caller-unauthorized' })
  }
  expect(ims.requests).toHaveLength(1)

  skewMs = 30_000
  await errorOf(present(token))
  expect(ims.requests).toHaveLength(2)
})

it('keeps confirmed callers in the cache during a flood of refused tokens', async () => {
  const token = ims.logIn(ada, 'exc_app')
  await present(token)
  for (let index = 0; index < 1_100; index += 1) {
    known.refused.set(String(index), { error: await refusedOnce(), until: Infinity })
  }

  await present(token)

  expect(asked('/ims/organizations/v6')).toBe(1)
})

let refusal: ReturnType<typeof errorOf> | undefined
function refusedOnce() {
  refusal ??= errorOf(present('opaque'))
  return refusal
}

it.each([
  ['without an organisation header', { orgId: undefined }],
  ['with another organisation header', { orgId: otherOrgId }],
])('does not reveal the organisation of the app to a caller %s', async (_what, caller) => {
  const eve = ims.logIn({ userId: 'eve@AdobeID', orgIds: [otherOrgId] }, 'exc_app')

  const { message, remedy } = await errorOf(present(eve, caller))

  expect(`${message} ${remedy}`).not.toContain(orgId.slice(0, 10))
})

it('accepts the organisation id in any case', async () => {
  await expect(present(ims.logIn(ada, 'exc_app'), { orgId: orgId.toLowerCase() })).resolves.toBeDefined()
})

describe('with rules for members', () => {
  const admitted = {
    userIds: ['admin@AdobeID'],
    productProfiles: ['Ingest admins', '4711'],
    roles: ['org_admin'],
  }
  const profile = (orgOf: string, member: object) => ({ ...ada, profile: { [orgOf]: member } })
  const scope =
    'openid,AdobeID,read_organizations,additional_info.projectedProductContext,additional_info.roles'
  const asMember = (user: Parameters<typeof ims.logIn>[0], scopes = scope) =>
    present(ims.logIn(user, 'exc_app', scopes), {}, { admitted })

  it.each([
    ['a product profile by its name', { productProfiles: [{ id: '1', name: 'Ingest admins' }] }],
    ['a product profile by its group id', { productProfiles: [{ id: '4711', name: 'Anything' }] }],
    ['an admin role', { roles: ['org_admin'] }],
  ])('admits a member with %s', async (_what, member) => {
    await expect(asMember(profile(orgId, member))).resolves.toBeDefined()
  })

  it('admits a member by user id', async () => {
    await expect(asMember({ userId: 'admin@AdobeID', orgIds: [orgId] })).resolves.toBeDefined()
  })

  it.each([
    ['none of them', orgId, {}],
    [
      'another profile and role',
      orgId,
      { productProfiles: [{ id: '1', name: 'Readers' }], roles: ['support'] },
    ],
    [
      'the profile in another organisation',
      otherOrgId,
      { productProfiles: [{ id: '4711', name: 'Ingest admins' }] },
    ],
    ['the role in another organisation', otherOrgId, { roles: ['org_admin'] }],
  ])('refuses a member with %s', async (_what, orgOf, member) => {
    expect(await errorOf(asMember(profile(orgOf, member)))).toMatchObject({ code: 'caller-forbidden' })
  })

  it('refuses a member whose token lacks the scopes for profiles and roles', async () => {
    const member = { productProfiles: [{ id: '4711', name: 'Ingest admins' }], roles: ['org_admin'] }

    expect(await errorOf(asMember(profile(orgId, member), 'openid,read_organizations'))).toMatchObject({
      code: 'caller-forbidden',
      remedy: expect.stringContaining('additional_info.projectedProductContext') as string,
    })
  })

  it('requests no profile from IMS if every member is admitted', async () => {
    await present(ims.logIn(ada, 'exc_app'))

    expect(asked('/ims/profile/v1')).toBe(0)
  })
})

it('does not contain the token in any error', async () => {
  const token = ims.logIn(ada, 'stranger')

  const error = await errorOf(present(token))

  expect(JSON.stringify([error, error.message, error.remedy])).not.toContain(token)
})
