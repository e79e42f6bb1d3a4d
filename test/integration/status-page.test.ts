import { credential, namespace, reportSuite } from '../../emulators/local/platform'
import { readSealer } from '../../src/app-builder/params/encryption-key'
import { createSessions } from '../../src/app-builder/status/sessions'
import { systemClock } from '../../src/clock'
import { startDeployedApp } from '../fixtures/deployed-app'
import { memorySingleUse } from '../fixtures/memory-single-use'
import { invoke } from '../fixtures/namespace-client'
import { loopbackHttp as http } from '../fixtures/loopback-http'
import type { HttpResponse } from '../../src/http/http-client'
import type { Clock } from '../../src/clock'
import type { DeployedApp } from '../fixtures/deployed-app'

const hostile = '<script>alert("canary")</script>'

let app: DeployedApp
let page: string
beforeAll(async () => {
  app = await startDeployedApp()
  page = `${app.platform.openwhisk.url}/api/v1/web/${namespace}/analytics-ingest/job-status`
  const { analytics, partner } = app.platform
  partner.flights.splice(40, Infinity, { date: hostile, note: 'ada@example.com' })
  const refusal = { status: 400, body: { error: 'No such visitor group' } }
  analytics.once(
    { kind: 'reply', reply: refusal },
    ({ method, url }) => method === 'POST' && url.endsWith('/events'),
  )
  await app.tick()
})
afterAll(() => app.platform.stop())

interface Sent {
  readonly accept?: string
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
}

/** A browser that comes from another site: the local platform admits only those on this machine without a login. */
function ask(
  url: string,
  { accept = 'text/html', cookie = '', headers = {}, form }: Sent = {},
): Promise<HttpResponse> {
  const body = form && new URLSearchParams(form).toString()
  const own = { origin: new URL(page).origin, 'content-type': 'application/x-www-form-urlencoded' }
  return http({
    method: form ? 'POST' : 'GET',
    url,
    headers: { accept, cookie, 'sec-fetch-site': 'cross-site', ...(form ? own : {}), ...headers },
    ...(body === undefined ? {} : { body }),
    timeoutMs: 60_000,
  })
}

const text = ({ body }: HttpResponse) => body.toString()
const runs = () => app.platform.openwhisk.activations.finished.filter(({ name }) => name === 'run-job').length
const cookieOf = ({ headers }: HttpResponse) =>
  /analytics-ingest-status=[^;]+/.exec(headers['set-cookie'] ?? '')?.[0] ?? ''
/** The value of the first hidden field of that name. */
const field = (answer: HttpResponse, name: string) =>
  new RegExp(`name="${name}" value="([^"]+)"`).exec(text(answer))?.[1] ?? ''

async function newLink(): Promise<string> {
  return String((await invoke(app.platform, 'job-status', { link: true })).link)
}

async function logIn(): Promise<string> {
  const offer = await ask(await newLink())
  return cookieOf(await ask(`${page}/open`, { form: { link: field(offer, 'link') } }))
}

async function heldBatch(): Promise<string | undefined> {
  const status = (await invoke(app.platform, 'job-status', { job: 'flights' })) as {
    jobs: { held: { batch: string }[] }[]
  }
  return status.jobs[0]?.held[0]?.batch
}

describe('the status page without a login', () => {
  it('is refused, as a page to a browser and as problem details to a program', async () => {
    const [shown, told] = [await ask(page), await ask(page, { accept: '*/*' })]

    expect([shown.status, told.status]).toEqual([401, 401])
    expect(shown.headers['content-type']).toContain('text/html')
    expect(text(shown)).toContain('npm run job -- page')
    expect(told.headers['content-type']).toContain('application/problem+json')
    expect(text(shown) + text(told)).not.toContain('flights')
  })

  it('is open to a browser on the machine of the local platform', async () => {
    const shown = await ask(page, { headers: { 'sec-fetch-site': 'none' } })

    expect(shown.status).toBe(200)
    expect(text(shown)).toContain('Run flights now')
    expect((await ask(page, { cookie: cookieOf(shown) })).status).toBe(200)
  })
})

describe('a link to the status page', () => {
  it('opens it once, by a button, so that a preview does not use it up', async () => {
    const link = await newLink()
    const [offer, again] = [await ask(link), await ask(link)]
    const form = { link: field(again, 'link') }
    const [first, second] = [await ask(`${page}/open`, { form }), await ask(`${page}/open`, { form })]

    expect([offer.status, again.status]).toEqual([200, 200])
    expect([first.status, second.status]).toEqual([303, 401])
    expect(first.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/)
    expect(cookieOf(second)).toBe('')
    expect((await ask(link)).status).toBe(401)
  })

  it('is refused where it is forged, and where another site sends the form', async () => {
    const link = new URL(await newLink())
    const form = { link: link.searchParams.get('link') ?? '' }
    const foreign = await ask(`${page}/open`, { form, headers: { origin: 'https://evil.example' } })
    link.searchParams.set('link', 'v1.Zm9yZ2Vk')

    expect(foreign.status).toBe(403)
    expect((await ask(link.href)).status).toBe(401)
    expect((await ask(`${page}/open`, { form })).status).toBe(303)
  })

  it('is not handed out over the web', async () => {
    expect((await ask(`${page}?link=true`)).status).toBe(401)
  })
})

it('the status says when the platform’s alarm fires next, and which job no alarm wakes', async () => {
  const { jobs, watchdog } = (await invoke(app.platform, 'job-status', {})) as {
    jobs: { alarm: { kind: string; at?: string } }[]
    watchdog: object
  }

  // The alarm of the fixture app fires every quarter of an hour.
  expect(jobs[0]?.alarm).toEqual({
    ...{ kind: 'at', at: expect.stringMatching(/:(00|15|30|45):00\.000Z$/) as string },
  })
  expect(jobs[1]?.alarm).toEqual({ kind: 'none' })
  expect(watchdog).toEqual({ last: null, waiting: 0, next: { kind: 'none' } })
})

describe('the status page in a session', () => {
  it('shows what waits for a person, and escapes what comes from the source', async () => {
    const shown = await ask(page, { cookie: await logIn() })

    expect(shown.status).toBe(200)
    expect(text(shown)).toContain('Batch held: rejected')
    expect(text(shown)).toContain('Rejects: 1 open')
    expect(text(shown)).toMatch(/Next alarm<\/dt>\s*<dd><time/)
    expect(text(shown)).toContain('alert(')
    expect(text(shown)).not.toContain('<script')
    expect(text(shown)).not.toContain('ada@example.com')
    expect(shown.headers['content-security-policy']).not.toContain('unsafe')
  })

  it('refuses forms that it has not sent in this session, and starts nothing', async () => {
    const cookie = await logIn()
    const token = field(await ask(page, { cookie }), 'token')
    const stolen = field(await ask(page, { cookie: await logIn() }), 'token')
    const run = { do: 'run-job', job: 'flights' }
    const before = runs()

    const answers = [
      await ask(page, { cookie, form: { ...run, token }, headers: { origin: 'https://evil.example' } }),
      await ask(page, { cookie, form: { ...run, token }, headers: { origin: 'null' } }),
      await ask(page, { cookie, form: { ...run, token: stolen } }),
      await ask(page, { cookie, form: run }),
      await ask(page, { form: { ...run, token } }),
      await ask(page, { cookie, form: { ...run, token, force: 'true' } }),
      await ask(page, { cookie, form: { ...run, token, job: 'nothing' } }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 401, 400, 404])
    expect(runs()).toBe(before)
  })

  it('ends after eight hours', async () => {
    const sealer = readSealer(app.platform.inputs)
    if (!sealer) throw new RangeError('the platform has a key')
    const agedBy = (hours: number) => {
      const clock: Clock = { ...systemClock, now: () => systemClock.now() - hours * 3_600_000 }
      const { cookie } = createSessions(sealer, memorySingleUse(), clock).begin()
      return ask(page, { cookie: `analytics-ingest-status=${cookie}` })
    }

    expect((await agedBy(7.9)).status).toBe(200)
    expect((await agedBy(8.1)).status).toBe(401)
  })

  it('resolves a held batch by its button: the rows reach Analytics, and the page says how the run ended', async () => {
    const cookie = await logIn()
    const batch = (await heldBatch()) ?? ''
    const sentBefore = app.platform.analytics.suites.hits(reportSuite).length
    const token = field(await ask(page, { cookie }), 'token')

    const form = { do: 'run-job', token, job: 'flights', resolve: batch, as: 'resend' }
    const answer = await ask(page, { cookie, form })
    const shown = () => ask(answer.headers.location ?? '', { cookie })

    expect(answer.status).toBe(303)
    // A busy machine may take longer for the run than the page waits for its end.
    while (text(await shown()).includes('The run is under way')) continue
    expect(text(await shown())).toContain('flights: the run ended')
    await app.tickUntilDone()
    expect(await heldBatch()).toBeUndefined()
    expect(app.platform.analytics.suites.hits(reportSuite).length).toBeGreaterThan(sentBefore)
  })

  it('makes an invitation for a customer’s admin as connect does', async () => {
    const cookie = await logIn()
    const token = field(await ask(page, { cookie }), 'token')
    const form = { do: 'invite', token, invite: 'adobe', 'input.ANALYTICS_REPORT_SUITE': 'theirsuite' }

    const shown = await ask(page, { cookie, form })

    expect(shown.status).toBe(200)
    expect(text(shown)).toMatch(/connect\/start\?invitation=v1\./)
  })
})

it('a member of the organisation reads outcomes and counts, but no record and no text of a server', async () => {
  const token = app.platform.ims.logIn({ userId: 'ada@AdobeID', orgIds: [credential.orgId] }, 'exc_app')
  const headers = { authorization: `Bearer ${token}`, 'x-gw-ims-org-id': credential.orgId }
  const stranger = app.platform.ims.logIn({ userId: 'eve@AdobeID', orgIds: ['X@AdobeOrg'] }, 'exc_app')

  const answer = await ask(page, { headers })

  expect(answer.status).toBe(200)
  expect(JSON.parse(text(answer))).toMatchObject({ jobs: [{ job: 'flights', rejects: 1 }, {}] })
  expect(text(answer)).not.toMatch(/script|visitor group/)
  expect((await ask(page, { headers: { ...headers, authorization: `Bearer ${stranger}` } })).status).toBe(401)
})

it('no secret has reached a page, a result or a log', async () => {
  const cookie = await logIn()
  const seen = [
    text(await ask(page, { cookie })),
    JSON.stringify(await invoke(app.platform, 'job-status', {})),
    JSON.stringify(app.platform.openwhisk.activations.finished.map(({ logs, response }) => [logs, response])),
  ].join('\n')

  // The canary of the rejected record is data, not a secret.
  expect(seen.replaceAll(/alert\([^)]*canary/g, '')).not.toContain('canary')
  expect(seen).not.toContain(app.platform.inputs.TOKEN_ENCRYPTION_KEY)
})
