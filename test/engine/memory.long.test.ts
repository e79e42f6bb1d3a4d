import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(__dirname, '..', '..')

/** The memory of the action `run-job`, in MB. */
const limit = 256
/** What Node allows itself in a container of that size: half of it. */
const heap = '--max-old-space-size=128'

/** Peak resident memory of a process that does it, the compiler of its TypeScript included. */
async function peakOf(work: string): Promise<number> {
  const args = [heap, '--require', 'esbuild-register', 'test/engine/memory-probe.ts', work]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
  return Number(stdout)
}

it.each([
  ['splitting a full batch', 'split'],
  ['a first read of a million keys', 'refresh'],
  ['merging a deduplication index of a million keys', 'merge'],
  ['a hundred thousand rejects of 2 KB', 'rejects'],
])('%s fits into the memory of an action', async (_, work) => {
  expect(await peakOf(work)).toBeLessThan(limit - 16)
})
