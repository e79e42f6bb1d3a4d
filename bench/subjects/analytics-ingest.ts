import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import * as z from 'zod'
import { createFilesStore } from '../../src/app-builder/aio-files-store'
import { createTvm } from '../../src/app-builder/tvm'
import { systemClock } from '../../src/clock'
import { bulkDataInsertion } from '../../src/destinations/bulk-data-insertion/bulk-data-insertion'
import { products } from '../../src/destinations/bulk-data-insertion/products'
import { createHttpClient } from '../../src/http/node-fetch-client'
import { input, inputsFrom } from '../../src/inputs'
import { defineJob } from '../../src/jobs/job'
import { silentLog } from '../../src/log'
import { openBatchFile } from '../../src/pipeline/staging/batch-file'
import { createDeadline } from '../../src/pipeline/deadline'
import { runJob } from '../../src/pipeline/run-job'
import { Settings } from '../../src/pipeline/settings'
import { nextToken } from '../../src/sources/paginators/next-token'
import { restSource } from '../../src/sources/rest/rest-source'
import { columns, productName } from '../orders'
import { measure, task } from './subject'

const job = defineJob({
  name: `orders-${process.pid}`,
  source: restSource({
    version: 1,
    baseUrl: input('URL'),
    path: '/orders',
    query: { rows: String(task.rows), page: '0' },
    records: 'data',
    paginator: nextToken({ path: 'next', param: 'page' }),
  }),
  record: z.object({
    id: z.string(),
    at: z.string(),
    visitor: z.string(),
    customer: z.object({ city: z.string(), segment: z.string(), note: z.string() }),
    payment: z.object({ method: z.string(), currency: z.string(), total: z.number() }),
    products: z.array(
      z.object({ sku: z.string(), name: z.string(), quantity: z.number(), price: z.number() }),
    ),
  }),
  position: (order) => order.at,
  map: (order) => ({
    timestamp: order.at,
    marketingCloudVisitorID: order.visitor,
    userAgent: 'bench/1.0',
    linkType: 'o',
    linkName: 'order',
    transactionID: order.id,
    eVar1: order.customer.city,
    eVar2: order.customer.segment,
    eVar3: order.customer.note,
    eVar4: order.payment.method,
    eVar5: order.products[0]?.sku,
    prop1: order.customer.city,
    prop2: order.payment.method,
    currencyCode: order.payment.currency,
    products: products(
      ...order.products.map(({ name, quantity, price }) => ({ name: productName(name), quantity, price })),
    ),
    events: `purchase,event1=${order.payment.total}`,
  }),
  destination: bulkDataInsertion({ reportSuite: input('SUITE'), columns }),
})

measure(async () => {
  const clock = systemClock
  const http = createHttpClient({ clock })
  const inputs = inputsFrom({ URL: task.url, SUITE: 'bench' })
  const settings = Settings.parse({ requestMs: 0, groupMs: 0, rowsPerSecond: 1e9 })
  const tvm = createTvm({
    url: task.tvmUrl,
    namespace: `bench-${process.pid}`,
    apiKey: 'bench:key',
    http,
    clock,
    random: Math.random,
  })
  const report = await runJob({
    job,
    source: job.source.open({ inputs, http, clock, random: Math.random, log: silentLog }),
    destination: job.destination.open({
      job: job.name,
      inputs,
      http,
      authorize: () =>
        Promise.resolve({ headers: { authorization: 'Bearer bench' }, drop: () => Promise.resolve() }),
      identity: { clientId: 'bench', orgId: 'bench' },
      endpoints: { collection: task.url, analytics: task.url },
      pace: settings,
      clock,
      log: silentLog,
    }),
    store: createFilesStore({ tvm, http, clock, random: Math.random }),
    settings,
    request: { force: false },
    clock,
    deadline: createDeadline(Date.now() + 3_600_000, clock),
    log: silentLog,
    activation: 'bench',
    scratch: tmpdir(),
    openFile: openBatchFile,
    newId: randomUUID,
    continueLater: () => Promise.resolve(),
  })
  if (report.outcome !== 'succeeded' || report.rows !== task.rows) throw new Error(JSON.stringify(report))
})
