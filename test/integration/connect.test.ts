import { startDeployedApp } from '../fixtures/deployed-app'
import { createWebClient } from '../fixtures/web-client'
import { apiKey, namespace, reportSuite } from '../../emulators/local/platform'
import { createFilesStore } from '../../src/app-builder/storage/aio-files-store'
import { createTvm } from '../../src/app-builder/storage/tvm'
import { systemClock } from '../../src/clock'
import { createHttpClient } from '../../src/http/node-fetch-client'
import { openTenants } from '../../src/state/tenants'
import { invoke as invokeAt } from '../fixtures/namespace-client'
import type { DeployedApp } from '../fixtures/deployed-app'
import type { HttpResponse } from '../../src/http/http-client'

const customer = 'AAAABBBBCCCCDDDD0A495C14@AdobeOrg'

let app: DeployedApp
beforeAll(async () => {
  app = await startDeployedApp()
})
afterAll(() => app.platform.stop())

const invoke = (action: string, params: object) => invokeAt(app.platform, action, params)

async function invitation(inputs: object = { ANALYTICS_REPORT_SUITE: 'theirsuite' }): Promise<string> {
  const { link } = await invoke('connect', { invite: 'adobe', inputs: JSON.stringify(inputs) })
  return String(link)
}

const text = ({ body }: HttpResponse) => body.toString()
const locationOf = ({ headers }: HttpResponse) => new URL(headers.location ?? '')

/** Goes as far as the consent page and decides there; returns where the browser is sent back to. */
async function decide(
  client: ReturnType<typeof createWebClient>,
  decision: string,
  link: string,
): Promise<URL> {
  const consentPage = locationOf(await client.get(link))
  const form = { ...Object.fromEntries(consentPage.searchParams), decision, org_id: customer }
  return locationOf(await client.post(`${app.platform.ims.url}/consent`, form))
}

it('sends the browser to the consent page of Adobe, with state and nonce of its own each time', async () => {
  const client = createWebClient()
  const link = await invitation()
  const [one, other] = [await client.get(link), await client.get(link)]

  const query = locationOf(one).searchParams
  expect(one.status).toBe(302)
  expect(locationOf(one).href).toMatch(new RegExp(`^${app.platform.inputs.IMS_CONSENT_URL ?? ''}\\?`))
  expect(Object.fromEntries(query)).toMatchObject({
    client_id: 'local-enterprise-client-id',
    redirect_uri: expect.stringMatching(/\/connect\/callback$/) as string,
  })
  expect(query.get('state')).not.toBe(locationOf(other).searchParams.get('state'))
  expect(query.get('nonce')).not.toBe(query.get('state'))
  expect(one.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Lax/)
})

it('links the organisation of an admin who consents, and then writes for it, to its own report suite', async () => {
  const { platform } = app
  platform.analytics.suites.add('theirsuite')
  const client = createWebClient()
  const link = await invitation({ ANALYTICS_REPORT_SUITE: 'theirsuite' })
  const page = await client.get((await decide(client, 'accept', link)).href)
  expect(page.status).toBe(200)
  expect(text(page)).toContain(customer)

  const all = await invoke('run-job', { job: 'flights', tenant: 'all' })
  const report = await invoke('run-job', { job: 'flights', tenant: customer })

  expect(all).toMatchObject({ outcome: 'succeeded', needReauth: [] })
  expect(all.runs).toEqual({ [customer]: 'succeeded' })
  const settled = await untilDelivered(report)
  expect(settled).toMatchObject({ outcome: 'succeeded', pending: 0 })
  expect(platform.analytics.suites.hits('theirsuite')).toHaveLength(platform.partner.flights.length)
  expect(platform.analytics.suites.hits(reportSuite)).toHaveLength(0)
})

/** The run that `all` has started may still be at it. */
async function untilDelivered(report: Record<string, unknown>): Promise<Record<string, unknown>> {
  let last = report
  for (let tries = 0; tries < 60 && (last.outcome === 'skipped' || last.pending !== 0); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    last = await invoke('run-job', { job: 'flights', tenant: customer })
  }
  return last
}

it('requests tokens for a tenant until refusals over hours indicate withdrawn consent, and again once an admin consents', async () => {
  const client = createWebClient()
  await client.get((await decide(client, 'accept', await invitation())).href)
  app.platform.ims.consents.clear()
  // Tokens that were minted before go on for up to an hour: a new container has none.
  app.platform.openwhisk.activations.killAll()
  app.platform.state.entries.clear()
  app.platform.partner.flights.push(newFlight)

  const first = await invoke('run-job', { job: 'flights', tenant: customer })
  await backdateRefusals()
  app.platform.openwhisk.activations.killAll()
  const failed = await invoke('run-job', { job: 'flights', tenant: customer })
  const before = app.platform.ims.requests.length
  const all = await invoke('run-job', { job: 'flights', tenant: 'all' })

  expect(first).toMatchObject({ outcome: 'failed', error: { code: 'token-refused' } })
  expect(failed).toMatchObject({ outcome: 'failed', error: { code: 'needs-reauth' } })
  expect(all).toMatchObject({ runs: {}, needReauth: [customer] })
  expect(app.platform.ims.requests).toHaveLength(before)

  await client.get((await decide(client, 'accept', await invitation())).href)
  expect(await invoke('run-job', { job: 'flights', tenant: 'all' })).toMatchObject({ needReauth: [] })
})

/** As if the first refusals had come hours ago. */
async function backdateRefusals(): Promise<void> {
  const clock = systemClock
  const http = createHttpClient({ clock })
  const random = () => 0
  const tvm = createTvm({ url: app.platform.tvm.url, namespace, apiKey, http, clock, random })
  const tenants = openTenants(createFilesStore({ tvm, http, clock, random }), clock)
  const tenant = await tenants.find(customer)
  if (!tenant?.refusals) throw new RangeError('nothing was refused')
  const hour = 3_600_000
  const { lastAt } = tenant.refusals
  await tenants.save({ ...tenant, refusals: { count: 2, firstAt: lastAt - 4 * hour, lastAt: lastAt - hour } })
}

const newFlight = {
  date: '2001/04/01 00:00',
  delay: 1,
  distance: 2,
  origin: 'AAA',
  destination: 'BBB',
}

it.each([
  ['decline', 403, 'did not give the consent'],
  ['insufficient_privilege', 403, 'administrator'],
  ['incompatible_account_type', 403, 'personal account'],
  ['invalid_scopes', 403, 'scopes'],
  ['error', 403, 'could not complete'],
])('a person who ends in "%s" gets a page that says so', async (decision, status, words) => {
  const client = createWebClient()

  const page = await client.get((await decide(client, decision, await invitation())).href)

  expect(page.status).toBe(status)
  expect(page.headers['content-type']).toContain('text/html')
  expect(text(page)).toContain(words)
})

describe('refuses', () => {
  const refused = { status: 400 }

  it('a state that was used before', async () => {
    const client = createWebClient()
    const back = await decide(client, 'accept', await invitation())
    await client.get(back.href)

    expect(await client.get(back.href)).toMatchObject(refused)
  })

  it('a state that another browser has begun', async () => {
    const back = await decide(createWebClient(), 'accept', await invitation())

    const page = await createWebClient().get(back.href)

    expect(page).toMatchObject(refused)
    expect(text(page)).toContain('another browser')
  })

  it('a state that nobody has begun, or none', async () => {
    const callback = `${app.platform.openwhisk.url}/api/v1/web/${namespace}/analytics-ingest/connect/callback`

    expect(
      await createWebClient().get(`${callback}?state=guessed&admin_consent=true&id_token=a.b.c`),
    ).toMatchObject(refused)
    expect(await createWebClient().get(callback)).toMatchObject(refused)
  })

  it('an ID token that was made for another consent', async () => {
    const [mine, theirs] = [createWebClient(), createWebClient()]
    const back = await decide(mine, 'accept', await invitation())
    const other = await decide(theirs, 'accept', await invitation())
    back.searchParams.set('id_token', other.searchParams.get('id_token') ?? '')

    const page = await mine.get(back.href)

    expect(page).toMatchObject(refused)
    expect(text(page)).toContain('cannot be trusted')
  })

  it('an invitation of another app', async () => {
    const start = new URL(await invitation())
    start.searchParams.set('invitation', 'v1.Zm9yZ2Vk')

    expect(await createWebClient().get(start.href)).toMatchObject(refused)
  })

  it('inputs in the address: neither credentials nor a redirect target', async () => {
    const link = new URL(await invitation())
    link.searchParams.set('IMS_CONSENT_URL', 'https://evil.example/')
    link.searchParams.set('redirect_uri', 'https://evil.example/')
    link.searchParams.set('IMS_ADMIN_CLIENT_ID', 'evil')

    const { href } = locationOf(await createWebClient().get(link.href))

    expect(href).not.toContain('evil')
  })

  it('to invite without the key of the namespace', async () => {
    const web = `${app.platform.openwhisk.url}/api/v1/web/${namespace}/analytics-ingest/connect?invite=adobe`

    expect(await createWebClient().get(web)).toMatchObject({ status: 404 })
  })
})

it('no secret has reached a log, a result, an address or stored state', () => {
  const { openwhisk, ims, state } = app.platform
  const seen = JSON.stringify([
    openwhisk.activations.finished.map(({ logs, response }) => [logs, response]),
    openwhisk.requests.map(({ url }) => url),
    ims.requests.map(({ url }) => url),
    [...state.entries].map(([key, { value }]) => [key, value.toString('latin1')]),
  ])
  expect(seen.length).toBeGreaterThan(10_000)
  expect(seen).not.toContain('canary')
  expect(seen).not.toContain(app.platform.inputs.TOKEN_ENCRYPTION_KEY)
})
