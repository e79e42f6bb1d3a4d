import { createHash, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { silentLog } from '../../src/log'
import { createDeadline } from '../../src/pipeline/deadline'
import { runJob } from '../../src/pipeline/run-job'
import { EngineSettings } from '../../src/pipeline/settings'
import { createMemoryBlobStore } from '../../test/fixtures/memory-blob-store'
import { createTime, startProcess } from '../../test/model/time'
import { orderOf, pageSize } from '../orders'
import { openOrdersDestination } from '../orders-destination'
import { ordersJob } from '../orders-job'
import { measure, task } from './subject'
import type { BatchFile, Destination } from '../../src/destinations/destination'
import type { HttpClient, HttpRequest } from '../../src/http/http-client'
import type { RunReport } from '../../src/state/run-report'
import type { Source } from '../../src/sources/source'

/** How long the world takes to answer, ms of virtual time. */
const latency = { page: 20, store: 20, upload: 500 }

/** The documented pace is the default. */
const settings = EngineSettings.parse({})
const pace = { requestMs: 1_000, groupMs: 20_000, rowsPerSecond: 2_000 }
const job = ordersJob({ name: 'orders', rows: task.rows, groups: task.groups })
const time = createTime()
const { clock } = startProcess(time, null)

/** How many orders the source has by now. */
let available = pageSize

const source: Source = {
  identity: 'orders',
  async *read() {
    for (let from = 0; from < available; from += pageSize) {
      await clock.sleep(latency.page)
      yield { records: Array.from({ length: pageSize }, (_, offset) => orderOf(from + offset)) }
    }
  },
}

/** Not compressed, and never off this thread: while a compressor works elsewhere, virtual time would run ahead. */
function openPlainFile(): BatchFile {
  const lines: string[] = []
  let textBytes = 0
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  return {
    get rows() {
      return lines.length
    },
    get textBytes() {
      return textBytes
    },
    storedBytes: 0,
    append(line) {
      textBytes += line.length
      lines.push(line)
    },
    drained: () => Promise.resolve(),
    finish: () => {
      const bytes = Buffer.from(lines.join(''))
      return Promise.resolve({
        bytes,
        rows: lines.length,
        sha256: sha256(bytes),
        contentSha256: sha256(bytes),
      })
    },
  }
}

interface Post {
  readonly at: number
  readonly group: string
  readonly rows: number
}
const posts: Post[] = []
const rowsOf = new Map<string, number>()
let lookups = 0

/** Adobe, as far as the pace is concerned. */
const http: HttpClient = async ({ method, headers = {} }: HttpRequest) => {
  const rows = rowsOf.get(headers['x-adobe-idempotency-key'] ?? '') ?? 0
  if (method === 'POST') posts.push({ at: time.now(), group: headers['x-adobe-vgid'] ?? '', rows })
  else lookups += 1
  await clock.sleep(latency.upload)
  const answer = { status_code: 'UPLOADED', rows, invalid_rows: 0, processing_log: '' }
  return method === 'POST'
    ? { status: 200, headers: {}, body: Buffer.from(JSON.stringify(answer)) }
    : { status: 404, headers: {}, body: Buffer.from('{"error":"File not found"}') }
}

function openDestination(): Destination {
  const destination = openOrdersDestination(job, { url: 'http://127.0.0.1', http, clock })
  return {
    ...destination,
    format: { ...destination.format, open: openPlainFile },
    send(batch, window, handle) {
      rowsOf.set(batch.id, batch.rows)
      return destination.send(batch, window, handle)
    },
  }
}

/**
 * What Adobe's pace allows at best, from the first request to the last: a group's rows in as few files as the pace
 * can fill, each but the last with its rest; one request a second in all, so that groups begin one after the other,
 * the longest first.
 */
function boundSeconds(): number {
  const { groupMs, requestMs, rowsPerSecond } = pace
  const rowsPerRest = (groupMs / 1000) * rowsPerSecond
  const groups = new Map<string, number>()
  for (const { group, rows } of posts) groups.set(group, (groups.get(group) ?? 0) + rows)
  const files = [...groups.values()].map((rows) => Math.ceil(rows / rowsPerRest)).sort((a, b) => b - a)
  const ends = files.map((count, begun) => begun * requestMs + (count - 1) * groupMs)
  const requests = files.reduce((sum, count) => sum + count, 0)
  return Math.max(...ends, (requests - 1) * requestMs) / 1000
}

const store = createMemoryBlobStore({
  clock,
  fault: async () => {
    await clock.sleep(latency.store)
    return 'ok' as const
  },
})

async function run(): Promise<RunReport> {
  const done = runJob({
    job,
    source,
    destination: openDestination(),
    store,
    settings,
    command: { force: false },
    clock,
    deadline: createDeadline(time.now() + 24 * 3_600_000, clock),
    log: silentLog,
    activation: 'bench',
    scratch: tmpdir(),
    redact: (text) => text,
    newId: randomUUID,
    invokeSelf: () => Promise.resolve(),
  })
  await time.runUntil(done, 24 * 3_600_000)
  return done
}

/**
 * The real pipeline at the documented pace, in virtual time. A job's first run looks each batch up before it sends;
 * it is small here, and what is measured is the one after it.
 */
measure(async () => {
  await run()
  posts.splice(0)
  lookups = 0
  available = task.rows + pageSize
  const report = await run()
  if (report.outcome !== 'succeeded' || report.confirmed !== report.batches || report.rows !== task.rows) {
    throw new Error(JSON.stringify(report))
  }
  const [first, last] = [posts[0]?.at ?? 0, posts.at(-1)?.at ?? 0]
  const deliverySeconds = (last - first) / 1000
  const bound = boundSeconds()
  return {
    figures: {
      groups: task.groups,
      batches: report.batches,
      lookups,
      deliverySeconds,
      boundSeconds: bound,
      paceRatio: deliverySeconds / bound,
    },
  }
})
