import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { startAnalytics } from '../../emulators/analytics/analytics'
import type { AnalyticsEmulator } from '../../emulators/analytics/analytics'
import type { RunReport } from '../../src/state/run-report'

const root = join(__dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'million-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** In MB: the action `run-job` has 256, and classifications are to leave a fifth of it. */
const memoryLimit = { classifications: 200, action: 256 }
/** Two runs of a minute each, on a machine that may be busy. */
const timeoutMs = 15 * 60_000

/** One file of JavaScript, as an action is: a process that compiles TypeScript needs memory for that too. */
const probe = join(folder, 'probe.js')
beforeAll(() =>
  build({
    ...{ entryPoints: [join(root, 'test/engine/million-keys-probe.ts')], outfile: probe },
    ...{ bundle: true, platform: 'node', target: 'node20', external: ['*.node'], logLevel: 'error' },
  }),
)

interface Run {
  readonly report: RunReport
  readonly memoryMb: number
}

/** A process as small as an action: Node allows itself half of its memory. */
async function run(url: string, job: string, read: 'first' | 'second'): Promise<Run> {
  const args = ['--max-old-space-size=128', probe, url, join(folder, job), job, read]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
  return JSON.parse(stdout) as Run
}

let analytics: AnalyticsEmulator
beforeEach(async () => {
  analytics = await startAnalytics({ verifyToken: () => ({ client_id: 'client' }) })
})
afterEach(() => analytics.stop())

/** Both runs of a job of classifications, and the sizes of all requests of the first. */
async function classify(job: string) {
  const subscriptions = [{ rsid: 'suite', dimension: 'variables/evar1' }]
  const set = analytics.classifications.add({ columns: ['Name', 'Group'], subscriptions })
  const first = await run(analytics.url, job, 'first')
  const sizes = analytics.requests.map(({ body }) => body.length)
  analytics.requests.splice(0)
  const second = await run(analytics.url, job, 'second')
  return { first, second, sizes, set, memoryMb: Math.max(first.memoryMb, second.memoryMb) }
}

it(
  'a million keys go out in chunks below 50 MB, then the changed hundredth and nothing else, in 200 MB',
  async () => {
    const { first, second, sizes, set, memoryMb } = await classify('keep')
    const values = analytics.classifications.values(set)

    expect(first.report).toMatchObject({
      ...{ outcome: 'succeeded', records: 1_000_000, rows: 1_000_000, pending: 0 },
    })
    expect(first.report.batches).toBeGreaterThan(2)
    expect(Math.max(...sizes)).toBeLessThan(50_000_000)
    expect(second.report).toMatchObject({
      ...{ outcome: 'succeeded', repeated: 990_000, rows: 10_000, pending: 0 },
    })
    expect(analytics.classifications.applied(set)).toHaveLength(1_010_000)
    expect(values.size).toBe(1_000_000)
    expect(values.get('sku-9')?.get('Name')).toBe('Product 9, new edition')
    expect(values.get('sku-10')?.get('Name')).toBe('Product 10, old edition')
    expect(memoryMb).toBeLessThanOrEqual(memoryLimit.classifications)
  },
  timeoutMs,
)

it(
  'of a million keys, the hundredth that the source has no more is deleted beside the hundredth that changed, in 200 MB',
  async () => {
    const { first, second, set, memoryMb } = await classify('delete-key')
    const values = analytics.classifications.values(set)

    expect(first.report).toMatchObject({ outcome: 'succeeded', rows: 1_000_000, deletions: 0, pending: 0 })
    expect(second.report).toMatchObject({
      ...{ outcome: 'succeeded', records: 990_000, repeated: 980_000 },
      ...{ rows: 20_000, deletions: 10_000, pending: 0 },
    })
    expect(analytics.classifications.applied(set)).toHaveLength(1_020_000)
    expect(values.size).toBe(990_000)
    expect(values.has('sku-99')).toBe(false)
    expect(values.get('sku-109')?.get('Name')).toBe('Product 109, new edition')
    expect(memoryMb).toBeLessThanOrEqual(memoryLimit.classifications)
  },
  timeoutMs,
)

it(
  'an incremental job whose lookback reads a million records again sends the new hundredth alone, in the memory of an action',
  async () => {
    const first = await run(analytics.url, 'incremental', 'first')
    const second = await run(analytics.url, 'incremental', 'second')
    const rows = analytics.files.reduce((sum, file) => sum + file.rows, 0)

    expect(first.report).toMatchObject({ outcome: 'succeeded', rows: 1_000_000, pending: 0 })
    expect(second.report).toMatchObject({
      ...{ outcome: 'succeeded', records: 1_010_000, repeated: 990_000, duplicates: 10_000 },
      ...{ rows: 10_000, pending: 0 },
    })
    expect(rows).toBe(1_010_000)
    expect(Math.max(first.memoryMb, second.memoryMb)).toBeLessThan(memoryLimit.action)
  },
  timeoutMs,
)
