import { startBrowser } from '../../emulators/local/browser'
import { startDeployedApp } from '../fixtures/deployed-app'
import { invoke } from '../fixtures/namespace-client'
import type { Browser, Page } from 'playwright-core'
import type { DeployedApp } from '../fixtures/deployed-app'

describe('in a real browser', () => {
  let app: DeployedApp
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    app = await startDeployedApp()
    browser = await startBrowser()
  })
  beforeEach(async () => {
    page = await (await browser.newContext()).newPage()
  })
  afterAll(async () => {
    await browser.close()
    await app.platform.stop()
  })

  async function openInvitation(): Promise<void> {
    const inputs = JSON.stringify({ ANALYTICS_REPORT_SUITE: 'theirsuite' })
    const { link } = await invoke(app.platform, 'connect', { invite: 'adobe', inputs })
    await page.goto(String(link))
  }
  /** A click does not wait for the redirect, which hands the page to another renderer process. */
  async function answer(button: string): Promise<void> {
    await page.getByRole('button', { name: button }).click()
    await page.waitForURL(({ pathname }) => pathname.endsWith('/callback'))
  }
  const heading = () => page.locator('h1').innerText()
  const text = () => page.locator('body').innerText()

  it('an admin follows the invitation, consents, and reads that the organisation is linked', async () => {
    await openInvitation()
    expect(await heading()).toBe('An app asks for access')
    await answer('accept')

    expect(await heading()).toBe('Adobe Analytics is connected')
    expect(await text()).toContain('AAAABBBBCCCCDDDD0A495C14@AdobeOrg')
    expect(await text()).toContain('product profile')
  })

  it.each([
    ['declines', 'decline', 'You did not give the consent'],
    ['is no admin', 'insufficient_privilege', 'Only an administrator'],
    ['uses a personal account', 'incompatible_account_type', 'personal account'],
  ])('a person who %s reads why nothing was linked', async (_what, button, words) => {
    await openInvitation()
    await answer(button)

    expect(await heading()).toBe('Not connected')
    expect(await text()).toContain(words)
  })

  it('a person who goes back and consents a second time reads that the link was used', async () => {
    await openInvitation()
    await answer('accept')
    await page.goBack()
    await answer('accept')

    expect(await heading()).toBe('This did not work')
    expect(await text()).toContain('used before')
  })

  it('a person with a forged invitation reads that it is invalid', async () => {
    const inputs = JSON.stringify({ ANALYTICS_REPORT_SUITE: 'theirsuite' })
    const { link } = await invoke(app.platform, 'connect', { invite: 'adobe', inputs })
    await page.goto(`${String(link)}x`)

    expect(await heading()).toBe('This did not work')
    expect(await text()).toContain('no invitation')
  })

  it('the last page runs no script, loads nothing, and sends no referrer to another site', async () => {
    const asked: string[] = []
    await openInvitation()
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const [response] = await Promise.all([
      page.waitForResponse((candidate) => candidate.url().includes('/callback')),
      page.getByRole('button', { name: 'accept' }).click(),
    ])

    expect(response.headers()).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    expect(response.headers()['content-security-policy']).toContain("default-src 'none'")
    expect(asked.filter((path) => !path.endsWith('/consent') && !path.endsWith('/callback'))).toEqual([])
  })
})
