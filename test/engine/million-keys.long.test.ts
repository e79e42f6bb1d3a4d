import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { startAnalytics } from '../../emulators/analytics/analytics'
import type { RunReport } from '../../src/state/run-report'

const root = join(__dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'million-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Of the action `run-job`, in MB. */
const memoryLimit = 256
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

/** A process as small as an action: Node allows itself half of its memory. */
async function run(url: string, changed: number): Promise<{ report: RunReport; memoryMb: number }> {
  const args = ['--max-old-space-size=128', probe, url, join(folder, 'store'), String(changed)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
  return JSON.parse(stdout) as { report: RunReport; memoryMb: number }
}

it(
  'a million keys go out in chunks below 50 MB, then the changed hundredth and nothing else, in the memory of an action',
  async () => {
    const analytics = await startAnalytics({ verifyToken: () => ({ client_id: 'client' }) })
    const subscriptions = [{ rsid: 'suite', dimension: 'variables/evar1' }]
    const set = analytics.classifications.add({ columns: ['Name', 'Group'], subscriptions })
    try {
      const first = await run(analytics.url, 0)
      const sizes = analytics.requests.map(({ body }) => body.length)
      analytics.requests.splice(0)
      const second = await run(analytics.url, 10)
      const values = analytics.classifications.values(set)

      expect(first.report).toMatchObject({
        outcome: 'succeeded',
        records: 1_000_000,
        rows: 1_000_000,
        pending: 0,
      })
      expect(first.report.batches).toBeGreaterThan(2)
      expect(Math.max(...sizes)).toBeLessThan(50_000_000)
      expect(second.report).toMatchObject({
        outcome: 'succeeded',
        repeated: 990_000,
        rows: 10_000,
        pending: 0,
      })
      expect(analytics.classifications.applied(set)).toHaveLength(1_010_000)
      expect(values.size).toBe(1_000_000)
      expect(values.get('sku-9')?.get('Name')).toBe('Product 9, new edition')
      expect(values.get('sku-10')?.get('Name')).toBe('Product 10, old edition')
      expect(Math.max(first.memoryMb, second.memoryMb)).toBeLessThan(memoryLimit)
    } finally {
      await analytics.stop()
    }
  },
  timeoutMs,
)
