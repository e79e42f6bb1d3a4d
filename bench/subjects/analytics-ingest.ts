import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { createFilesStore } from '../../src/app-builder/storage/aio-files-store'
import { createTvm } from '../../src/app-builder/storage/tvm'
import { systemClock as clock } from '../../src/clock'
import { createHttpClient } from '../../src/http/node-fetch-client'
import { inputsFrom } from '../../src/inputs'
import { silentLog } from '../../src/log'
import { openBatchFile } from '../../src/pipeline/staging/batch-file'
import { createDeadline } from '../../src/pipeline/deadline'
import { runJob } from '../../src/pipeline/run-job'
import { Settings } from '../../src/pipeline/settings'
import { ordersJob } from '../orders-job'
import { measure, task } from './subject'
import type { Destination } from '../../src/destinations/destination'
import type { HttpClient } from '../../src/http/http-client'

const job = ordersJob({ name: `orders-${process.pid}`, rows: task.rows })
const http = createHttpClient({ clock })
const random = Math.random
/** Adobe's pace is not what is measured here. */
const settings = Settings.parse({ requestMs: 0, groupMs: 0, rowsPerSecond: 1e9 })
const inputs = inputsFrom({ URL: task.url, SUITE: 'bench' })

/** The sink takes the number of rows from a header: reading them would be the server's work, not a subject's. */
function openDestination(): Destination {
  let rows = 0
  const announcing: HttpClient = (request) =>
    http({ ...request, headers: { ...request.headers, 'x-bench-rows': String(rows) } })
  const destination = job.destination.open({
    job: job.name,
    inputs,
    http: announcing,
    authorize: () =>
      Promise.resolve({ headers: { authorization: 'Bearer bench' }, drop: () => Promise.resolve() }),
    identity: { clientId: 'bench', orgId: 'bench' },
    endpoints: { collection: task.url, analytics: task.url },
    pace: settings,
    clock,
    log: silentLog,
  })
  return {
    ...destination,
    send(batch, signal) {
      rows = batch.rows
      return destination.send(batch, signal)
    },
  }
}

/** The whole product, with all its checks, its staging and its state. */
measure(async () => {
  const tvm = createTvm({
    url: task.tvmUrl,
    namespace: `bench-${process.pid}`,
    apiKey: 'bench:key',
    http,
    clock,
    random,
  })
  const report = await runJob({
    job,
    source: job.source.open({ inputs, http, clock, random, log: silentLog }),
    destination: openDestination(),
    store: createFilesStore({ tvm, http, clock, random }),
    settings,
    request: { force: false },
    clock,
    deadline: createDeadline(Date.now() + 3 * 3_600_000, clock),
    log: silentLog,
    activation: 'bench',
    scratch: tmpdir(),
    openFile: openBatchFile,
    newId: randomUUID,
    continueLater: () => Promise.resolve(),
  })
  if (report.outcome !== 'succeeded' || report.confirmed !== report.batches || report.rows !== task.rows) {
    throw new Error(JSON.stringify(report))
  }
  return { figures: { batches: report.batches } }
})
