import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ModuleKind, transpileModule } from 'typescript'
import * as author from '../../src'
import { openJob } from '../../src/definition/open-job'
import { createIntake } from '../../src/pipeline/extraction/intake'
import { openMemory } from '../../src/pipeline/extraction/memory'
import { createRejectIndex } from '../../src/pipeline/extraction/reject-index'
import { everywhere } from '../../src/pipeline/extraction/scope'
import { noMemory } from '../../src/state/run-file'
import { memoryRunFiles } from '../fixtures/memory-run-files'
import type { DestinationContext } from '../../src/destinations/destination'
import type { Job } from '../../src/definition/job'

/** The job that README shows, as it stands there. */
function readmeJob(): Job {
  const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8')
  const code = /```ts\n(import .*?)```/s.exec(readme)?.[1] ?? ''
  const { outputText } = transpileModule(code, { compilerOptions: { module: ModuleKind.CommonJS } })
  const exports: { orders?: Job } = {}
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- it is our own text
  new Function('exports', 'require', outputText)(exports, () => author)
  if (!exports.orders) throw new RangeError('README shows another job')
  return openJob(exports.orders)
}

it.each([
  new Date(1_700_000_000_123).toISOString(),
  new Date(1_700_000_000_000).toISOString(),
  '2026-11-20T12:00:00Z',
])("README's job makes a row of a record of %s", async (at) => {
  const job = readmeJob()
  const { format } = job.destination.open({
    ...{ job: job.name, inputs: () => 'suite', settings: {}, credential: { clientId: 'c', orgId: 'o' } },
    endpoints: { collection: 'http://127.0.0.1', analytics: 'http://127.0.0.1' },
  } as unknown as DestinationContext)
  const memory = await openMemory(noMemory, {
    ...{ reach: 'ties', keyed: true, files: memoryRunFiles(), run: 'run', cursor: null },
    ...{ placeOf: () => 0, lookback: null },
  })
  const intake = createIntake({
    ...{ job, format, memory, ownMemory: null, rejects: createRejectIndex([]) },
    ...{ scope: everywhere, force: false, replay: false },
  })

  expect(intake({ id: '1', at, visitor: '1'.repeat(38), total: 9.5 }).verdict).toMatchObject({
    kind: 'rows',
    rows: [{ order: Math.floor(Date.parse(at) / 1000) }],
  })
})
