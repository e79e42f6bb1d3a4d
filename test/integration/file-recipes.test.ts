import { gzipSync } from 'node:zlib'
import { AwsClient } from 'aws4fetch'
import { startEmulator } from '../../emulators/emulator'
import { adCost } from '../../examples/recipes/ad-cost'
import { productFeed } from '../../examples/recipes/product-feed'
import { hurriedClock, sourceContext } from '../fixtures/source-context'
import { startS3 } from '../fixtures/stores/s3-server'
import type { Job } from '../../src'
import type { ReadRequest } from '../../src/sources/source'

const signal = new AbortController().signal

/** What a recipe makes of its source: each record through schema and mapping. */
async function rowsOf(
  job: Job,
  { request, ...context }: { readonly request: ReadRequest } & Parameters<typeof sourceContext>[0],
): Promise<unknown[]> {
  expect([...job.source.faults, ...job.destination.faults, ...job.sync.faults, ...job.faults]).toEqual([])
  const rows: unknown[] = []
  for await (const page of job.source.open(sourceContext(context)).read(request)) {
    for (const record of page.records) rows.push(job.map(job.record.parse(record)))
  }
  return rows
}

it('the cost of advertising comes from a report, and becomes metrics of tracking codes', async () => {
  const api = await startEmulator(({ method, url }) => {
    if (method === 'POST') return { status: 202, body: { report: { id: 'r-1', status: 'QUEUED' } } }
    if (url.endsWith('/file')) {
      return { status: 200, body: gzipSync('day,campaign,cost\n2026-01-01,spring,12.50\n') }
    }
    return { status: 200, body: { status: 'COMPLETED' } }
  })
  try {
    const inputs = { ADS_API_BASE_URL: api.url, ADS_API_TOKEN: 'a-secret-token' }
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10)

    const rows = await rowsOf(adCost, {
      inputs,
      clock: hurriedClock(),
      request: { mode: 'incremental', since: twoDaysAgo, signal },
    })

    expect(rows).toEqual([{ Date: '2026-01-01', 'Tracking Code': 'spring', 'Event 20': 12.5 }])
    expect(JSON.parse(String(api.requests[0]?.body))).toMatchObject({
      type: 'campaign',
      range: { from: twoDaysAgo },
    })
  } finally {
    await api.stop()
  }
})

it('the newest product feed becomes classifications of SKUs', async () => {
  const server = await startS3()
  try {
    const { S3_ENDPOINT = '' } = server.inputs
    const client = new AwsClient({ accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER', service: 's3' })
    const put = (path: string, body?: Uint8Array) =>
      client.fetch(`${S3_ENDPOINT}/product-feeds${path}`, { method: 'PUT', ...(body ? { body } : {}) })
    await put('')
    await put('/nightly/products-20260101.csv.gz', gzipSync('sku;name;brand;category\nA;Old;B;C\n'))
    await put(
      '/nightly/products-20260102.csv.gz',
      gzipSync('sku;name;brand;category\nA;Shoe;Acme;"Men; outdoor"\n'),
    )
    const inputs = {
      FEED_S3_ENDPOINT: S3_ENDPOINT,
      FEED_S3_ACCESS_KEY_ID: 'S3RVER',
      FEED_S3_SECRET_ACCESS_KEY: 'S3RVER',
    }
    const clock = hurriedClock()
    clock.pass(3 * 60_000)

    const rows = await rowsOf(productFeed, { inputs, clock, request: { mode: 'full-refresh', signal } })

    expect(rows).toEqual([{ key: 'A', Name: 'Shoe', Brand: 'Acme', Category: 'Men; outdoor' }])
  } finally {
    await server.stop()
  }
})
