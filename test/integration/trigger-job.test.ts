import { credential, namespace, reportSuite } from '../../emulators/local/platform'
import { startDeployedApp } from '../fixtures/deployed-app'
import type { DeployedApp } from '../fixtures/deployed-app'

const ada = { userId: 'ada@AdobeID', orgIds: [credential.orgId] }

let app: DeployedApp
let token: string
beforeAll(async () => {
  app = await startDeployedApp()
  token = app.platform.ims.logIn(ada, 'exc_app')
})
afterAll(() => app.platform.stop())

/** What the button of a page sends. */
interface Click {
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: string
  readonly method?: string
}
function trigger({ body = { job: 'flights' }, headers = {}, query = '', method = 'POST' }: Click = {}) {
  const url = `${app.platform.openwhisk.url}/api/v1/web/${namespace}/analytics-ingest/trigger-job${query}`
  return fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'x-gw-ims-org-id': credential.orgId,
      'content-type': 'application/json',
      ...headers,
    },
    ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
  })
}

const runs = () => app.platform.openwhisk.activations.finished.filter(({ name }) => name === 'run-job')
const hits = () => app.platform.analytics.suites.hits(reportSuite).length

async function untilRun(id: string): Promise<void> {
  while (!app.platform.openwhisk.activations.find(id)) await new Promise((resolve) => setTimeout(resolve, 50))
}

it('trigger-job starts the job that the alarm runs, does nothing once it has succeeded, and starts it again after a failure', async () => {
  const { ims, analytics } = app.platform
  analytics.knobs.withoutProfile.add(credential.clientId)
  const first = await trigger()
  const { run } = (await first.json()) as { run: string }
  await untilRun(run)
  expect(first.status).toBe(202)
  expect(runs().at(-1)?.response.result).toMatchObject({
    outcome: 'failed',
    error: { code: 'not-permitted' },
  })

  analytics.knobs.withoutProfile.clear()
  const again = await trigger()
  expect(again.status).toBe(202)
  await untilRun(((await again.json()) as { run: string }).run)
  await app.tickUntilDone()
  expect(hits()).toBe(app.platform.partner.flights.length)

  const before = runs().length
  const noOp = await trigger()
  expect(noOp.status).toBe(200)
  expect(await noOp.json()).toMatchObject({
    outcome: 'skipped',
    reason: 'nothing-due',
    lastRun: { outcome: 'succeeded' },
  })
  expect(runs()).toHaveLength(before)
  expect(ims.requests.filter(({ url }) => url === '/ims/validate_token/v1').length).toBeGreaterThan(0)
})

it('trigger-job also accepts a service token of the app’s own credential', async () => {
  const [service] = [...(await serviceToken())]
  token = service ?? ''
  expect((await trigger()).status).toBe(200)
  token = app.platform.ims.logIn(ada, 'exc_app')
})

async function serviceToken(): Promise<string[]> {
  const response = await fetch(`${app.platform.ims.url}/ims/token/v3`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: credential.clientId,
      client_secret: credential.secrets[0] ?? '',
      scope: credential.scopes.join(','),
    }),
  })
  return [((await response.json()) as { access_token: string }).access_token]
}

it('trigger-job answers a preflight of any page, as the platform does', async () => {
  const url = `${app.platform.openwhisk.url}/api/v1/web/${namespace}/analytics-ingest/trigger-job`
  const preflight = await fetch(url, {
    method: 'OPTIONS',
    headers: { origin: 'https://experience.adobe.com' },
  })

  expect(preflight.status).toBe(200)
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  expect((await trigger()).headers.get('access-control-allow-origin')).toBe('*')
})

it.each<[string, number, string, Click]>([
  ['no job', 400, 'params-invalid', { body: {} }],
  ['a parameter that is none', 400, 'params-invalid', { body: { job: 'flights', from: '2001-01-01' } }],
  ['no JSON', 400, 'params-invalid', { headers: { 'content-type': 'text/plain' } }],
  ['an unknown job', 404, 'job-unknown', { body: { job: 'fligths' } }],
  ['another method', 400, 'params-invalid', { method: 'GET' }],
  ['no organisation', 401, 'caller-unauthorized', { headers: { 'x-gw-ims-org-id': '' } }],
  ['another organisation', 401, 'caller-unauthorized', { headers: { 'x-gw-ims-org-id': 'X@AdobeOrg' } }],
])('trigger-job answers a request with %s as a problem', async (_what, status, code, request) => {
  const response = await trigger(request)

  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(await response.json()).toMatchObject({ title: code, status, remedy: expect.any(String) as string })
})

it('trigger-job rejects non-members of the organisation', async () => {
  const eve = app.platform.ims.logIn({ userId: 'eve@AdobeID', orgIds: ['EVE@AdobeOrg'] }, 'exc_app')

  expect((await trigger({ headers: { authorization: `Bearer ${eve}` } })).status).toBe(401)
})

it('the validator rejects a token that IMS does not know, before the action runs', async () => {
  expect((await trigger({ headers: { authorization: 'Bearer a.b.c' } })).status).toBe(401)
})

it('no caller can set the IMS or the credential of trigger-job', async () => {
  const evil = 'IMS_BASE_URL=http%3A%2F%2F127.0.0.1%3A9&IMS_OAUTH_S2S_ORG_ID=X%40AdobeOrg'

  const byQuery = await trigger({ query: `?${evil}` })
  const byBody = await trigger({ body: { job: 'flights', IMS_BASE_URL: 'http://127.0.0.1:9' } })

  expect(byQuery.status).toBe(200)
  expect(byBody.status).toBe(400)
})

it('trigger-job admits no caller during an outage of IMS', async () => {
  const fresh = app.platform.ims.logIn({ ...ada, userId: 'grace@AdobeID' }, 'exc_app')
  for (let tries = 0; tries < 3; tries += 1) {
    app.platform.ims.once(
      { kind: 'reply', reply: { status: 503 } },
      ({ url }) => url === '/ims/validate_token/v1',
    )
  }

  const response = await trigger({ headers: { authorization: `Bearer ${fresh}` } })

  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ title: 'token-unavailable' })
})

it('no token of a caller and no secret reaches a log, a result or an address', () => {
  const { openwhisk, ims } = app.platform
  const seen = JSON.stringify([
    openwhisk.activations.finished.map(({ name, logs, response }) =>
      name === 'trigger-job' ? logs : [logs, response],
    ),
    openwhisk.requests.map(({ url }) => url),
    ims.requests.map(({ url }) => url),
  ])
  expect(seen).not.toContain('canary')
  expect(seen).not.toContain(token)
})
