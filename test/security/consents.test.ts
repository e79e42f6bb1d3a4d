import { systemClock } from '../../src/clock'
import { openTenants } from '../../src/state/tenants'
import { customer, otherCustomer, ownOrgId, startWorld } from './world'
import type { WebAnswer, World } from './world'

const theirs = { ANALYTICS_REPORT_SUITE: 'theirsuite' }

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

interface Invited {
  readonly link: string
  readonly id: string
}
async function invite(params: object = {}): Promise<Invited> {
  return (await world.byKey('connect', { invite: 'adobe', inputs: theirs, ...params })) as unknown as Invited
}

/** A browser that has opened the link, and where it was sent. */
async function open({ link }: Invited) {
  const answer = await world.web('connect', { path: '/start', query: new URL(link).search.slice(1) })
  const cookie = [answer.headers['set-cookie'] ?? ''].flat().join('; ').split(';')[0] ?? ''
  return { answer, cookie, consentPage: String(answer.headers.location ?? '') }
}

/** What Adobe sends back once an admin of `orgId` has decided. */
async function decide(consentPage: string, orgId: string, decision = 'accept'): Promise<string> {
  const form = { ...Object.fromEntries(new URL(consentPage).searchParams), decision, org_id: orgId }
  const init = { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' } as const
  const { headers } = await fetch(`${world.ims.url}/consent`, init)
  return new URL(headers.get('location') ?? '').search.slice(1)
}

const callback = (query: string, cookie: string) =>
  world.web('connect', { path: '/callback', query, headers: { cookie } })

async function consentAs(orgId: string, invited: Invited): Promise<WebAnswer> {
  const { answer, consentPage, cookie } = await open(invited)
  return consentPage === '' ? answer : callback(await decide(consentPage, orgId), cookie)
}

const tenants = () => openTenants(world.store, systemClock)
const linked = async () =>
  (await tenants().list()).flatMap((file) => (file.kind === 'tenant' ? [file.tenant.orgId] : []))

beforeEach(async () => {
  for await (const path of world.store.list('tenants/')) await world.store.delete(path)
})

describe('an invitation', () => {
  it('links the one organisation it was made for', async () => {
    const page = await consentAs(customer, await invite({ org: customer.toLowerCase() }))

    expect(page).toMatchObject({ statusCode: 200, body: expect.stringContaining(customer) as string })
    expect(await linked()).toEqual([customer])
  })

  it('links no other organisation', async () => {
    const page = await consentAs(otherCustomer, await invite({ org: customer }))

    expect(page).toMatchObject({
      statusCode: 400,
      body: expect.stringContaining('another organisation') as string,
    })
    expect(await linked()).toEqual([])
  })

  it('can be used once', async () => {
    const invited = await invite()
    await consentAs(customer, invited)

    expect(await consentAs(otherCustomer, invited)).toMatchObject({
      statusCode: 400,
      body: expect.stringContaining('used before, or revoked') as string,
    })
    expect(await linked()).toEqual([customer])
  })

  it('is said to be used up where the consent could not be stored: no later run stores it', async () => {
    const invited = await invite()
    const isTenant = ({ method, url }: { readonly method: string; readonly url: string }) =>
      method === 'PUT' && url.includes('/tenants/')
    const denied = { kind: 'reply', reply: { status: 403 } } as const
    // The second answer is to the signature that was renewed.
    for (const fault of [denied, denied]) world.files.once(fault, isTenant)
    const page = await consentAs(customer, invited)

    expect(page).toMatchObject({
      statusCode: 503,
      body: expect.stringMatching(/its link is used up[^]*Ask the sender for a new link/) as string,
    })
    expect(page.body).not.toContain('the next tick carries on')
    expect(world.printed.join()).toContain('store-refused')
    expect(await linked()).toEqual([])
    expect((await consentAs(customer, await invite())).statusCode).toBe(200)
  })

  it('can be used by one of two browsers that have both opened it', async () => {
    const invited = await invite()
    const [one, other] = [await open(invited), await open(invited)]
    const [asOne, asOther] = [
      await decide(one.consentPage, customer),
      await decide(other.consentPage, otherCustomer),
    ]

    const pages = await Promise.all([callback(asOne, one.cookie), callback(asOther, other.cookie)])

    expect(pages.map(({ statusCode }) => statusCode).sort()).toEqual([200, 400])
    expect(await linked()).toHaveLength(1)
  })

  it('can be revoked, also after it has been opened', async () => {
    const invited = await invite()
    const { consentPage, cookie } = await open(invited)
    const back = await decide(consentPage, customer)

    expect(await world.byKey('connect', { revoke: invited.id })).toEqual({ revoked: true })
    expect(await callback(back, cookie)).toMatchObject({ statusCode: 400 })
    expect((await open(invited)).answer.statusCode).toBe(400)
    expect(await linked()).toEqual([])
  })

  it('stays usable after a person declines', async () => {
    const invited = await invite()
    const { consentPage, cookie } = await open(invited)
    expect(await callback(await decide(consentPage, customer, 'decline'), cookie)).toMatchObject({
      statusCode: 403,
    })

    expect(await consentAs(customer, invited)).toMatchObject({ statusCode: 200 })
  })

  it.each([
    ['when it is made', () => invite({ org: ownOrgId }), { error: { code: 'params-invalid' } }],
    ['when it is used', async () => consentAs(ownOrgId, await invite()), { statusCode: 400 }],
  ])('does not link the organisation of this app itself: refused %s', async (_when, attack, refusal) => {
    expect(await attack()).toMatchObject(refusal)
    expect(await linked()).toEqual([])
  })

  it.each([
    ['when it is made', () => invite({ org: customer, inputs: {} }), { error: { code: 'params-invalid' } }],
    ['when it is used', async () => consentAs(customer, await invite({ inputs: {} })), { statusCode: 400 }],
  ])(
    'links no organisation without a report suite of its own: refused %s',
    async (_when, attack, refusal) => {
      expect(await attack()).toMatchObject(refusal)
      expect(await linked()).toEqual([])
    },
  )

  it('keeps the report suite of an organisation that consents again', async () => {
    await consentAs(customer, await invite())
    await consentAs(customer, await invite({ inputs: {}, org: customer }))

    expect(await tenants().find(customer)).toMatchObject({ inputs: theirs, status: 'linked' })
  })

  it.each([
    ['SECRET_WORD', 'x'],
    ['IMS_BASE_URL', 'https://evil.example'],
    ['lower', 'x'],
    ['LONG', 'x'.repeat(1_001)],
  ])('does not carry the input %s', async (name, value) => {
    expect(await invite({ inputs: { [name]: value } })).toMatchObject({ error: { code: 'params-invalid' } })
  })
})

describe('a callback', () => {
  it('is bound to the browser by a cookie that no other host of the domain can set', async () => {
    const { answer } = await open(await invite())

    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^__Host-analytics-ingest-consent=v1\.[\w-]+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
      ) as string,
    ])
  })

  it('succeeds once of ten at the same moment', async () => {
    const { consentPage, cookie } = await open(await invite())
    const back = await decide(consentPage, customer)

    const pages = await Promise.all(Array.from({ length: 10 }, () => callback(back, cookie)))

    expect(pages.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
  })

  it('of a stranger causes no request to a store or to IMS, also two hundred times', async () => {
    const { consentPage } = await open(await invite())
    const back = await decide(consentPage, customer)
    const before = world.files.requests.length + world.ims.requests.length
    for (let stranger = 0; stranger < 200; stranger += 1) {
      const cookie = stranger % 2 === 0 ? '' : `__Host-analytics-ingest-consent=v1.${'A'.repeat(stranger)}`
      expect(await callback(back, cookie)).toMatchObject({ statusCode: 400 })
    }

    expect(world.files.requests.length + world.ims.requests.length).toBe(before)
  })

  it('with an ID token without a key id or with a critical extension is a bad request, not an outage', async () => {
    for (const header of [{ kid: undefined }, { crit: ['x'], x: 1 }]) {
      const { consentPage, cookie } = await open(await invite())
      const back = new URLSearchParams(await decide(consentPage, customer))
      const claims = JSON.parse(
        Buffer.from(back.get('id_token')?.split('.')[1] ?? '', 'base64url').toString(),
      ) as object
      const { idTokens } = world.ims
      back.set('id_token', idTokens.sign({ alg: 'RS256', kid: idTokens.kid, ...header }, claims))

      expect(await callback(back.toString(), cookie)).toMatchObject({ statusCode: 400 })
    }
    expect(await linked()).toEqual([])
  })

  it('of an organisation in another spelling links the same tenant', async () => {
    await consentAs(customer, await invite())
    await consentAs(customer.toLowerCase().replace('adobeorg', 'AdobeOrg'), await invite())

    expect(await linked()).toEqual([customer])
  })
})

it('connect shows no secret in its answers, logs, files and addresses', () => {
  const seen = [
    ...world.printed,
    ...world.files.requests.map(({ body }) => body.toString('latin1')),
    ...world.ims.requests.map(({ url }) => url),
  ].join('\n')

  expect(seen).not.toContain('canary')
  expect(seen).not.toContain(world.inputs.TOKEN_ENCRYPTION_KEY)
})
