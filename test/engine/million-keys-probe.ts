import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { systemClock } from '../../src/clock'
import { classifications } from '../../src/destinations/classifications/classifications'
import { createHttpClient } from '../../src/http/node-fetch-client'
import { input, inputsFrom } from '../../src/inputs'
import { fullRefresh } from '../../src/definition/full-refresh'
import { jobFaults } from '../../src/definition/job-faults'
import { openJob } from '../../src/definition/open-job'
import { silentLog } from '../../src/log'
import { createDeadline } from '../../src/pipeline/deadline'
import { runJob } from '../../src/pipeline/run-job'
import { EngineSettings } from '../../src/pipeline/settings'
import type { Job } from '../../src/definition/job'
import type { Source, SourceDefinition } from '../../src/sources/source'
import type { BlobStore } from '../../src/state/blob-store'

/**
 * One run of a job with a million keys, in a process of its own, whose store is a folder. Prints its report and its peak
 * resident memory in MB:
 * `node --require esbuild-register test/engine/million-keys-probe.ts <url of Analytics> <folder> <changed in a thousand>`
 */
const [url = '', folder = '', changed = '0'] = process.argv.slice(2)
const million = 1_000_000
const pageRows = 2_000

const source: SourceDefinition = {
  ...{
    kind: 'numbers',
    version: 1,
    capabilities: [],
    paging: 'stable',
    bringsMore: false,
    inputs: [],
    faults: [],
  },
  open: (): Source => ({
    identity: 'numbers:',
    async *read({ signal }) {
      for (let first = 0; first < million; first += pageRows) {
        await new Promise((resolve) => setImmediate(resolve))
        signal.throwIfAborted()
        yield { records: Array.from({ length: pageRows }, (_, index) => record(first + index)) }
      }
    },
  }),
}

function record(id: number): object {
  const version = id % 1_000 < Number(changed) ? 'new' : 'old'
  return { id: `sku-${id}`, name: `Product ${id}, ${version} edition`, group: `Group ${id % 97}` }
}

const Product = z.object({ id: z.string(), name: z.string(), group: z.string() })
const parts: Omit<Job, 'faults'> = {
  name: 'products',
  source,
  sync: fullRefresh({ primaryKey: 'id', onChange: 'send' }),
  record: Product,
  map(raw) {
    const { id, name, group } = raw as z.infer<typeof Product>
    return { key: id, Name: name, Group: group }
  },
  destination: classifications({
    ...{ reportSuite: input('SUITE'), variable: 'eVar1', columns: ['Name', 'Group'] },
    // No key of it ever occurred: a smaller limit would make a plan of the commit.
    serverCallLimit: million,
  }),
}

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

async function main(): Promise<void> {
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
      settings: { classificationRequestMs: 0 },
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
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024)
  process.stdout.write(JSON.stringify({ report, memoryMb }))
}

void main()
