import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildOnce, projectInputs } from '../app-builder/build-once'
import { deployApp } from '../app-builder/deploy'
import { apiKey, namespace, startPlatform } from './platform'
import { arrivalAlarm, demoPace, root } from './root'
import { shippedJobs } from './shipped-jobs'
import { startBrowser } from './browser'
import type { Platform } from './platform'
import type { FlightRecord } from '../partner-api/partner-api'

const folder = join(root, 'docs', 'images')

/**
 * `npm run screenshots`: pictures of the status page for the documentation, light and dark. The jobs that this project
 * ships have run on the local platform; some flights are damaged, and Adobe has refused one upload.
 */
async function takeScreenshots(): Promise<void> {
  const [platform] = await Promise.all([
    startPlatform({ settings: demoPace }),
    buildOnce(root, projectInputs),
  ])
  try {
    const { openwhisk, inputs } = platform
    await deployApp(root, { openwhisk, namespace, apiKey, inputs })
    damage(platform)
    for (const { alarm } of shippedJobs) await openwhisk.tick(alarm)
    await openwhisk.tick(arrivalAlarm)
    mkdirSync(folder, { recursive: true })
    await takeEach(`${openwhisk.url}/api/v1/web/${namespace}/analytics-ingest/job-status`)
  } finally {
    await platform.stop()
  }
}

function damage({ analytics, partner }: Platform): void {
  for (const index of [40, 400, 4_000]) {
    partner.flights[index] = { ...(partner.flights[index] as FlightRecord), origin: null }
  }
  const body = { errorCode: 'invalid_data', errorDescription: 'The column Tracking Code is unknown' }
  const isUpload = ({ method, url }: { method: string; url: string }) =>
    method === 'POST' && url.includes('/datasources/job/')
  analytics.once({ kind: 'reply', reply: { status: 400, body } }, isUpload)
}

async function takeEach(url: string): Promise<void> {
  const browser = await startBrowser()
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1_100, height: 1_000 } })
    const page = await context.newPage()
    await page.goto(url)
    await page.screenshot({ path: join(folder, `status-${colorScheme}.png`) })
    await context.close()
  }
  await browser.close()
}

takeScreenshots().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
