import { createFilesStore } from '../../src/app-builder/storage/aio-files-store'
import { createTvm } from '../../src/app-builder/storage/tvm'
import { startBrowser } from '../../emulators/local/browser'
import { apiKey, namespace, reportSuite } from '../../emulators/local/platform'
import { systemClock } from '../../src/clock'
import { openTenants } from '../../src/state/tenants'
import { violationsOf } from '../fixtures/accessibility'
import { startDeployedApp } from '../fixtures/deployed-app'
import { invoke } from '../fixtures/namespace-client'
import { batchIn, storedDocument, storedPlan, storedReport } from '../fixtures/stored-state'
import { loopbackHttp as http } from '../fixtures/loopback-http'
import type { Browser, Page } from 'playwright-core'
import type { DeployedApp } from '../fixtures/deployed-app'
import type { BlobStore } from '../../src/state/blob-store'

let app: DeployedApp
let browser: Browser
let url: string
let store: BlobStore
beforeAll(async () => {
  ;[app, browser] = await Promise.all([startDeployedApp(), startBrowser()])
  const { platform } = app
  url = `${platform.openwhisk.url}/api/v1/web/${namespace}/analytics-ingest/job-status`
  const basis = { http, clock: systemClock, random: () => 0 }
  store = createFilesStore({
    ...basis,
    tvm: createTvm({ ...basis, url: platform.tvm.url, namespace, apiKey }),
  })
  await fillState()
})
afterAll(async () => {
  await browser.close()
  await app.platform.stop()
})

/** A held batch and a reject of a real run; a plan, a tenant and a state without a job as they are stored. */
async function fillState(): Promise<void> {
  const { analytics, partner } = app.platform
  partner.flights.splice(60, Infinity, { date: '<b>no date</b>', passenger: 'ada@example.com' })
  const refusal = { status: 400, body: { error: 'No such visitor group' } }
  const isUpload = ({ method, url: asked }: { method: string; url: string }) =>
    method === 'POST' && asked.endsWith('/events')
  analytics.once({ kind: 'reply', reply: refusal }, isUpload)
  await app.tick()
  const plan = storedPlan({ sample: ['1,a', '2,b'], serverCalls: 2, notes: ['A note.'] })
  await put('owners-flights', {
    plan,
    outbox: [batchIn('planned')],
    reports: [storedReport({ outcome: 'partial' })],
  })
  await put('removed', { outbox: [batchIn('staged')] })
  await openTenants(store, systemClock).save({
    ...{ version: 1, orgId: 'AAAABBBBCCCCDDDD0A495C14@AdobeOrg', clientId: 'c', linkedAt: 0 },
    ...{ status: 'needs-reauth', refusals: { count: 3, firstAt: 0, lastAt: 1 }, inputs: {} },
  })
}

async function put(job: string, change: Parameters<typeof storedDocument>[0]): Promise<void> {
  const body = Buffer.from(JSON.stringify(storedDocument({ job, ...change })))
  await store.write(`jobs/${job}/state.json`, body, { ifAbsent: true })
}

async function open(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
  return (await browser.newContext({ colorScheme, viewport: { width, height: 900 } })).newPage()
}

const screens = (['light', 'dark'] as const).flatMap((scheme) =>
  [360, 1280].map((width) => [scheme, width] as const),
)

describe.each(screens)('in %s, %i pixels wide,', (scheme, width) => {
  it('the status page with held batch, plan, rejects and tenant has no violation, opened and closed', async () => {
    const page = await open(scheme, width)
    await page.goto(url)
    for (const words of ['Batch held: rejected', 'Plan waits for approval', 'Rejects: 1 open', 'removed'])
      expect(await page.locator('main').innerText()).toContain(words)

    expect(await violationsOf(page)).toEqual([])
    for (const summary of await page.locator('summary').all()) await summary.click()
    expect(await violationsOf(page)).toEqual([])
    expect(await overflowing(page)).toEqual([])
  })

  it('the page of a link, of an invitation and of an error have no violation', async () => {
    const page = await open(scheme, width)
    await page.goto(String((await invoke(app.platform, 'job-status', { link: true })).link))
    expect(await violationsOf(page)).toEqual([])

    await page.goto(url)
    await page.getByText('Connect an organisation').click()
    await page.getByLabel('ANALYTICS_REPORT_SUITE').first().fill('theirsuite')
    await page.getByRole('button', { name: 'Connect with Adobe' }).click()
    expect(await page.locator('h1').innerText()).toBe('The invitation is ready')
    expect(await violationsOf(page)).toEqual([])
    expect(await overflowing(page)).toEqual([])

    await page.goto(`${url}/open?link=forged`)
    expect(await violationsOf(page)).toEqual([])
  })

  it('the pages of connect have no violation', async () => {
    const page = await open(scheme, width)
    const inputs = JSON.stringify({ ANALYTICS_REPORT_SUITE: 'theirsuite' })
    const { link } = await invoke(app.platform, 'connect', { invite: 'adobe', inputs })
    await page.goto(`${String(link)}x`)
    expect(await page.locator('h1').innerText()).toBe('This did not work')
    expect(await violationsOf(page)).toEqual([])

    await page.goto(String(link))
    await page.getByRole('button', { name: 'accept' }).click()
    await page.waitForURL(({ pathname }) => pathname.endsWith('/callback'))
    expect(await page.locator('h1').innerText()).toContain('is connected')
    expect(await violationsOf(page)).toEqual([])
  })
})

/** Elements that are wider than the screen, but for tables, which scroll by themselves. */
function overflowing(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('body *')]
    .filter((node) => !node.parentElement.closest('.scroll') && !node.closest('.skip'))
    .filter((node) => node.getBoundingClientRect().right > document.documentElement.clientWidth)
    .map((node) => node.outerHTML.slice(0, 200))`)
}

it('a person follows a link by keyboard, decides about the held batch, and reads how the run ended', async () => {
  const page = await open('light', 1280)
  await page.goto(String((await invoke(app.platform, 'job-status', { link: true })).link))
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL(url)
  const again = page.locator('#job-flights').getByRole('button', { name: 'Send it again' })
  const risk = page.locator(`#${(await again.getAttribute('aria-describedby')) ?? ''}`)
  await again.focus()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Tab')

  expect(await risk.innerText()).toContain('after the cause is removed')
  expect(await page.evaluate('document.activeElement.innerText')).toBe('Send it again')
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
  await page.keyboard.press('Enter')
  await page.waitForURL(/activation=/)

  const notice = () => page.getByRole('status').innerText()
  // A busy machine may take longer for the run than the page waits for its end.
  while ((await notice()).includes('under way')) await page.getByRole('link', { name: 'Load again' }).click()
  expect(await notice()).toContain('flights: the run ended')
  await app.tickUntilDone()
  await page.goto(url)
  expect(await page.locator('#job-flights').innerText()).not.toContain('Batch held')
  expect(app.platform.analytics.suites.hits(reportSuite)).toHaveLength(60)
})

it('the page runs no script, loads nothing, and its stylesheet applies', async () => {
  const page = await open('dark', 1280)
  const [asked, complaints]: [string[], string[]] = [[], []]
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  await page.goto(url)

  expect(asked).toEqual([url])
  expect(complaints).toEqual([])
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(17, 21, 26)')
})

it.each([
  // Another site on the same machine: the browser keeps the cookie back.
  ['another site', 'localhost', 401],
  // Cookies do not tell ports apart: the page refuses the form by its origin.
  ['another port of the same host', '127.0.0.1', 403],
])('a form on %s decides nothing', async (_what, host, status) => {
  const page = await open('light', 1280)
  await page.goto(url)
  const cookies = await page.context().cookies()
  expect(cookies.length).toBeGreaterThan(0)
  for (const cookie of cookies)
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict' })

  const token = await page.locator('input[name=token]').first().inputValue()
  await page.goto(app.platform.partner.url.replace('127.0.0.1', host))
  const fields = Object.entries({ do: 'run-job', job: 'flights', token })
  const inputs = fields.map(([name, value]) => `<input name="${name}" value="${value}">`)
  await page.setContent(`<form method="post" action="${url}">${inputs.join('')}<button>go</button></form>`)
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    page.getByRole('button').click(),
  ])

  expect(answer.status()).toBe(status)
})
