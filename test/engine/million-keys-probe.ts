import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { systemClock } from '../../src/clock'
import { createHttpClient } from '../../src/http/node-fetch-client'
import { inputsFrom } from '../../src/inputs'
import { jobFaults } from '../../src/definition/job-faults'
import { openJob } from '../../src/definition/open-job'
import { silentLog } from '../../src/log'
import { createDeadline } from '../../src/pipeline/deadline'
import { runJob } from '../../src/pipeline/run-job'
import { EngineSettings } from '../../src/pipeline/settings'
import { peakMemoryMb } from '../fixtures/peak-memory'
import { millionKeyJobs } from './million-keys-jobs'
import type { Job } from '../../src/definition/job'
import type { BlobStore } from '../../src/state/blob-store'

/**
 * One run of a job with a million keys, in a process of its own, whose store is a folder. Prints its report and its peak
 * resident memory in MB:
 * `node --require esbuild-register test/engine/million-keys-probe.ts <url of Analytics> <folder> <job> first|second`
 */
const [url = '', folder = '', name = '', read = ''] = process.argv.slice(2)
const parts = millionKeyJobs[name]?.(read === 'second' ? 'second' : 'first')
if (!parts) throw new RangeError(`There is no job "${name}".`)

/** One process at a time uses it, so that the conditions hold by themselves. */
const store: BlobStore = {
  read(path) {
    const file = join(folder, path)
    if (!existsSync(file)) return Promise.resolve({ etag: null, storeNow: Date.now() })
    const body = readFileSync(file)
    const etag = createHash('sha1').update(body).digest('hex')
    return Promise.resolve({ body, etag, modifiedAt: 0, storeNow: Date.now() })
  },
  write(path, body) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, body)
    const etag = createHash('sha1').update(body).digest('hex')
    return Promise.resolve({ kind: 'written', etag, storeNow: Date.now() })
  },
  delete(path) {
    rmSync(join(folder, path), { force: true })
    return Promise.resolve()
  },
  async *list(prefix) {
    await Promise.resolve()
    const names = existsSync(join(folder, prefix))
      ? readdirSync(join(folder, prefix), { recursive: true })
      : []
    yield* names.map((name) => join(prefix, String(name)))
  },
}

async function main(parts: Omit<Job, 'faults'>): Promise<void> {
  const job = openJob({ ...parts, faults: jobFaults(parts) })
  const report = await runJob({
    job,
    source: job.source.open({} as never),
    destination: job.destination.open({
      job: job.name,
      inputs: inputsFrom({ SUITE: 'suite', ANALYTICS_COMPANY_ID: 'exampl0' }),
      http: createHttpClient({ clock: systemClock }),
      authorize: () =>
        Promise.resolve({
          headers: { authorization: 'Bearer t', 'x-api-key': 'client' },
          drop: () => Promise.resolve(),
        }),
      credential: { clientId: 'client', orgId: 'org@AdobeOrg' },
      endpoints: { collection: url, analytics: url },
      settings: { classificationRequestMs: 0, requestMs: 0, groupMs: 0, rowsPerSecond: 1e9 },
      clock: systemClock,
      redact: (text) => text,
    }),
    store,
    settings: EngineSettings.parse({ lookupEveryMs: 100 }),
    command: { force: false },
    clock: systemClock,
    deadline: createDeadline(Date.now() + 3_600_000, systemClock),
    log: silentLog,
    activation: 'activation',
    scratch: tmpdir(),
    newId: randomUUID,
    redact: (text) => text,
    invokeSelf: () => Promise.resolve(),
  })
  process.stdout.write(JSON.stringify({ report, memoryMb: peakMemoryMb() }))
}

void main(parts)
