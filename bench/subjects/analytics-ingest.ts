import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { createFilesStore } from '../../src/app-builder/storage/aio-files-store'
import { createTvm } from '../../src/app-builder/storage/tvm'
import { systemClock as clock } from '../../src/clock'
import { createHttpClient } from '../../src/http/node-fetch-client'
import { createHttpDownload } from '../../src/http/node-fetch-download'
import { inputsFrom } from '../../src/inputs'
import { silentLog } from '../../src/log'
import { createDeadline } from '../../src/pipeline/deadline'
import { runJob } from '../../src/pipeline/run-job'
import { EngineSettings } from '../../src/pipeline/settings'
import { openOrdersDestination } from '../orders-destination'
import { ordersJob } from '../orders-job'
import { measure, task } from './subject'
import type { Destination } from '../../src/destinations/destination'
import type { HttpClient } from '../../src/http/http-client'

const job = ordersJob({ name: `orders-${process.pid}`, rows: task.rows })
const http = createHttpClient({ clock })
const download = createHttpDownload({ clock })
const random = Math.random
/** Adobe's pace is not what is measured here. */
const pace = { requestMs: 0, groupMs: 0, rowsPerSecond: 1e9 }
const inputs = inputsFrom({ URL: task.url, SUITE: 'bench' })

/** The sink takes the number of rows from a header: reading them would be the server's work, not a subject's. */
function openDestination(): Destination {
  let rows = 0
  const announcing: HttpClient = (request) =>
    http({ ...request, headers: { ...request.headers, 'x-bench-rows': String(rows) } })
  const destination = openOrdersDestination(job, { url: task.url, http: announcing, settings: pace })
  return {
    ...destination,
    send(batch, window, handle) {
      rows = batch.rows
      return destination.send(batch, window, handle)
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
    source: job.source.open({ inputs, http, download, clock, random }),
    destination: openDestination(),
    store: createFilesStore({ tvm, http, clock, random }),
    settings: EngineSettings.parse({}),
    command: { force: false },
    clock,
    deadline: createDeadline(Date.now() + 3 * 3_600_000, clock),
    log: silentLog,
    activation: 'bench',
    scratch: tmpdir(),
    redact: (text) => text,
    newId: randomUUID,
    invokeSelf: () => Promise.resolve(),
  })
  if (report.outcome !== 'succeeded' || report.confirmed !== report.batches || report.rows !== task.rows) {
    throw new Error(JSON.stringify(report))
  }
  return { figures: { batches: report.batches } }
})
