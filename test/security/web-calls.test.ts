import { systemClock } from '../../src/clock'
import { openTenants } from '../../src/state/tenants'
import { customer, ownOrgId, startWorld } from './world'
import type { WebCall, World } from './world'

const ada = { userId: 'ada@AdobeID', orgIds: [ownOrgId] }

let world: World
let token: string
beforeAll(async () => {
  world = await startWorld()
  token = world.ims.logIn(ada, 'exc_app')
})
afterAll(() => world.stop())
beforeEach(() => world.printed.splice(0))

function trigger(call: WebCall & { readonly json?: object } = {}) {
  const { json = { job: 'flights' }, headers = {}, ...rest } = call
  const sent: Record<string, unknown> = {
    authorization: `Bearer ${token}`,
    'x-gw-ims-org-id': ownOrgId,
    'content-type': 'application/json',
    ...headers,
  }
  return world.web('trigger-job', {
    method: 'post',
    body: Buffer.from(JSON.stringify(json)).toString('base64'),
    ...rest,
    headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)),
  })
}
const started = () => world.runtime.requests.filter(({ url }) => url.includes('/actions/'))
const refreshed = () => {
  token = world.ims.logIn(ada, 'exc_app')
}

describe('connect never treats a web call as a call with the key of the namespace:', () => {
  const attack = { invite: 'adobe', inputs: '{}' }

  it.each<[string, object]>([
    ['headers that are no texts', { __ow_headers: { cookie: ['a', 'b'] } }],
    ['headers that are a text', { __ow_headers: 'cookie' }],
    ['a query that is an object', { __ow_query: { a: 1 } }],
    ['a body that is null', { __ow_body: null }],
    ['a path that is a number', { __ow_path: 1 }],
    ['a method that is a number', { __ow_method: 1 }],
    ['a method that is null', { __ow_method: null }],
  ])('%s', async (_what, shape) => {
    const answer = await world.web('connect', { params: { ...attack, ...shape } })

    expect(answer).toMatchObject({ statusCode: 400 })
    expect(JSON.stringify(answer)).not.toContain('invitation=')
  })
})

describe('trigger-job', () => {
  it('admits no caller by the app’s own credential', async () => {
    for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a.b.c']) {
      expect(await trigger({ headers: { authorization } })).toMatchObject({ statusCode: 401 })
    }
    expect(world.ims.mints.size).toBe(1)
    expect(started()).toEqual([])
  })

  it('does not tell strangers which organisation the app belongs to', async () => {
    const eve = world.ims.logIn({ userId: 'eve@AdobeID', orgIds: [customer] }, 'exc_app')
    const authorization = `Bearer ${eve}`
    const answers = [
      await trigger({ headers: { authorization } }),
      await trigger({ headers: { authorization, 'x-gw-ims-org-id': customer } }),
      await trigger({ headers: { authorization, 'x-gw-ims-org-id': undefined } }),
      await trigger({ headers: { authorization: `Bearer ${eve.slice(0, -4)}AAAA` } }),
    ]

    expect(answers.every(({ statusCode }) => statusCode >= 400)).toBe(true)
    expect(JSON.stringify(answers)).not.toContain(ownOrgId.slice(0, 12))
  })

  it('validates a refused token at IMS once, however often it comes', async () => {
    const authorization = `Bearer ${token.slice(0, -8)}AAAAAAAA`
    const before = world.ims.requests.length
    for (let call = 0; call < 20; call += 1) await trigger({ headers: { authorization } })

    expect(world.ims.requests.length - before).toBe(1)
  })

  it('forbids caching and content sniffing of its answers', async () => {
    refreshed()
    const answers = [
      await trigger(),
      await trigger({ json: {} }),
      await world.web('connect', { path: '/nothing' }),
    ]

    for (const { headers } of answers) {
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    }
  })

  it('lets no caller blank words of the log or of the answer', async () => {
    const answer = await world.web('trigger-job', {
      method: 'post',
      headers: {
        authorization: 'Bearer trigger',
        cookie: 'Unauthorized',
        'content-type': 'application/json',
      },
    })

    expect(JSON.stringify([answer, world.printed])).not.toContain('[redacted]')
    expect(answer.headers['content-type']).toBe('application/problem+json')
  })

  it('starts a run and repeats no token of the caller anywhere', async () => {
    refreshed()
    const answer = await trigger()

    expect(answer).toMatchObject({ statusCode: 202 })
    expect(
      JSON.stringify([answer, world.printed, started().map(({ body }) => body.toString())]),
    ).not.toContain(token)
  })

  describe('with TRIGGER_PRODUCT_PROFILES set', () => {
    const params = {
      TRIGGER_PRODUCT_PROFILES: 'Analytics admins, 4711',
      TRIGGER_USER_IDS: '["root@AdobeID"]',
    }
    const scope = 'openid,AdobeID,read_organizations,additional_info.projectedProductContext'
    const asking = (user: Parameters<typeof world.ims.logIn>[0]) =>
      trigger({ params, headers: { authorization: `Bearer ${world.ims.logIn(user, 'exc_app', scope)}` } })

    it('forbids it to a member without the profile', async () => {
      expect(await asking({ ...ada, userId: 'plain@AdobeID' })).toMatchObject({
        statusCode: 403,
        body: expect.stringContaining('caller-forbidden') as string,
      })
    })

    it.each([
      ['has the profile', { productProfiles: [{ id: '1', name: 'Analytics admins' }] }, 'lead@AdobeID'],
      ['is named', {}, 'root@AdobeID'],
    ])('allows it to a member who %s', async (_what, member, userId) => {
      expect(await asking({ userId, orgIds: [ownOrgId], profile: { [ownOrgId]: member } })).toMatchObject({
        statusCode: 202,
      })
    })
  })

  it('works for an app that has only a JWT credential', async () => {
    const params = {
      IMS_OAUTH_S2S_CLIENT_ID: '',
      IMS_OAUTH_S2S_ORG_ID: '',
      JWT_CLIENT_ID: 'legacy',
      JWT_IMS_ORG: ownOrgId,
    }
    refreshed()

    expect(await trigger({ params })).toMatchObject({ statusCode: 202 })
  })
})

const tenant = (letter: string) => ({
  version: 1 as const,
  orgId: `${letter.repeat(24)}@AdobeOrg`,
  clientId: 'partner',
  linkedAt: 0,
  status: 'linked' as const,
  refusals: null,
  inputs: { ANALYTICS_REPORT_SUITE: 'theirs' } as Record<string, string>,
})

describe('tenant=all', () => {
  it('runs the others past a damaged file and a refusal, waits after a 429, and reports each failure', async () => {
    const tenants = openTenants(world.store, systemClock)
    for (const letter of ['A', 'B', 'D']) await tenants.save(tenant(letter))
    await world.store.write(`tenants/${'C'.repeat(24)}.json`, Buffer.from('{"vers'), { ifAbsent: true })
    const busy = { kind: 'reply', reply: { status: 429, headers: { 'retry-after': '0' } } } as const
    world.runtime.once(busy, ({ body }) => body.toString().includes('DDDD'))
    const broken = { kind: 'reply', reply: { status: 500 } } as const
    world.runtime.once(broken, ({ body }) => body.toString().includes('BBBB'))

    const result = await world.byKey('run-job', { job: 'flights', tenant: 'all' })

    expect(result).toMatchObject({ outcome: 'partial', reason: 'tenants-failed', needReauth: [] })
    expect(result.runs).toEqual({ [tenant('A').orgId]: 'succeeded', [tenant('D').orgId]: 'succeeded' })
    expect(result.failed).toEqual({
      [tenant('B').orgId]: expect.objectContaining({
        message: expect.stringContaining('HTTP 500') as string,
      }) as object,
      [`tenants/${'C'.repeat(24)}.json`]: expect.objectContaining({ code: 'state-corrupt' }) as object,
    })
  })

  it('refuses every other parameter', async () => {
    expect(await world.byKey('run-job', { job: 'flights', tenant: 'all', force: 'true' })).toMatchObject({
      outcome: 'failed',
      error: { code: 'params-invalid' },
    })
  })
})

it.each([
  ['no report suite of its own', { ...tenant('E'), inputs: {} }, 'input-missing'],
  [
    'the report suite of this app',
    { ...tenant('E'), inputs: { ANALYTICS_REPORT_SUITE: 'ownsuite' } },
    'input-invalid',
  ],
  ['the organisation of this app', { ...tenant('E'), orgId: ownOrgId }, 'params-invalid'],
])('a tenant with %s gets no run, however it came to be linked', async (_what, linked, code) => {
  await openTenants(world.store, systemClock).save(linked)

  expect(await world.byKey('run-job', { job: 'flights', tenant: linked.orgId })).toMatchObject({
    outcome: 'failed',
    error: { code },
  })
  await world.store.delete(`tenants/${linked.orgId.slice(0, 24)}.json`)
})

it.each([
  ['a path', '../../jobs/flights'],
  // Where a pattern backtracks, this takes hours.
  ['a text of 1 MB', `${'@'.repeat(1_000_000)}\n`],
  ['the app’s own organisation, in another spelling', ownOrgId.toLowerCase()],
])('a run for %s is refused', async (_what, tenant) => {
  const result = await world.byKey('run-job', { job: 'flights', tenant })

  expect(result).toMatchObject({
    outcome: 'failed',
    error: { code: expect.stringMatching(/params-invalid|needs-reauth/) as string },
  })
})
