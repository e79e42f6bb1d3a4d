import { startDeployedApp } from '../fixtures/deployed-app'
import { createWebClient } from '../fixtures/web-client'
import { reportSuite } from '../../emulators/local/platform'
import { invoke as invokeAt } from '../fixtures/namespace-client'
import type { DeployedApp } from '../fixtures/deployed-app'
import type { HttpResponse } from '../../src/http/http-client'

const job = 'owners-flights'
const patient = 120_000

let app: DeployedApp
beforeAll(async () => {
  app = await startDeployedApp()
})
afterAll(() => app.platform.stop())

const invoke = (action: string, params: object) => invokeAt(app.platform, action, params)
const run = () => invoke('run-job', { job })
const locationOf = ({ headers }: HttpResponse) => new URL(headers.location ?? '')

/** Follows an invitation to the partner's consent page, decides there, and returns the page at the end. */
async function consent(allowed: 'true' | 'false'): Promise<HttpResponse> {
  const client = createWebClient()
  const { link } = await invoke('connect', { invite: job })
  const consentPage = locationOf(await client.get(String(link)))
  const form = { ...Object.fromEntries(consentPage.searchParams), allowed }
  const back = await client.post(`${app.platform.partner.url}/oauth/authorize`, form)
  return client.get(locationOf(back).href)
}

/** The grant types that the partner was asked for. */
function grantTypes(): (string | null)[] {
  return app.platform.partner.requests
    .filter(({ url }) => url === '/oauth/token')
    .map(({ body }) => new URLSearchParams(body.toString()).get('grant_type'))
}

// The tests are the life of one grant, in order.

it('a run before the consent fails with needs-reauth and names the command that invites the owner', async () => {
  expect(await run()).toMatchObject({
    outcome: 'failed',
    error: { code: 'needs-reauth', remedy: expect.stringContaining('--param invite') as string },
  })
  expect(grantTypes()).toEqual([])
})

it('an owner who declines reads that nothing was linked', async () => {
  const page = await consent('false')

  expect(page.status).toBe(403)
  expect(page.body.toString()).toContain('did not give the consent')
  expect(grantTypes()).toEqual([])
})

it(
  'an owner who consents reads that the source is connected, and the next run reads from it',
  async () => {
    const page = await consent('true')
    const report = await run()

    expect(page.status).toBe(200)
    expect(page.body.toString()).toContain(`${job} is connected`)
    expect(report).toMatchObject({ outcome: 'succeeded', pending: 0, rejects: 0 })
    expect(app.platform.analytics.suites.hits(reportSuite)).toHaveLength(app.platform.partner.flights.length)
    expect(grantTypes()).toEqual(['authorization_code'])
  },
  patient,
)

it(
  'another container refreshes the stored grant when the source refuses the access token',
  async () => {
    app.platform.partner.expireAccessTokens()
    app.platform.openwhisk.activations.killAll()
    app.platform.partner.flights.push({ date: '2001/04/01 00:00', origin: 'AAA', destination: 'BBB' })

    const report = await run()

    expect(report).toMatchObject({ outcome: 'succeeded', rows: 1 })
    expect(grantTypes()).toEqual(['authorization_code', 'refresh_token'])
  },
  patient,
)

it(
  'a run after the owner withdrew the consent fails with needs-reauth, until the owner consents again',
  async () => {
    app.platform.partner.revokeAll()
    app.platform.partner.flights.push({ date: '2001/04/02 00:00', origin: 'AAA', destination: 'BBB' })

    const failed = await run()
    await consent('true')
    const report = await run()

    expect(failed).toMatchObject({ outcome: 'failed', error: { code: 'needs-reauth' } })
    expect(report).toMatchObject({ outcome: 'succeeded', rows: 1 })
  },
  patient,
)

it('no token or secret of the source is in a log, a result, a URL or stored state', () => {
  const { openwhisk, partner, state, files } = app.platform
  const written = files.requests.filter(({ method }) => method === 'PUT')
  const seen = JSON.stringify([
    openwhisk.activations.finished.map(({ logs, response }) => [logs, response]),
    openwhisk.requests.map(({ url }) => url),
    partner.requests.map(({ url }) => url),
    written.map(({ url, body }) => [url.replace(/\?.*/, ''), body.toString('latin1')]),
    [...state.entries].map(([key, { value }]) => [key, value.toString('latin1')]),
  ])

  expect(written.some(({ url }) => url.includes('/grants/'))).toBe(true)
  expect(seen).not.toContain('canary')
})
