import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import { JobError } from '../errors'
import type { PracticeShop } from './terminal'

const Announcement = z.object({
  url: z.url(),
  client: z.object({ id: z.string(), secret: z.string() }),
})

/**
 * Starts the practice shop as a process of its own, which ends with its input.
 * @throws JobError `unexpected` where it does not come up
 */
export async function startPractice(folder: string): Promise<PracticeShop> {
  const script = join(folder, 'emulators', 'partner-api', 'main.ts')
  const child = spawn(process.execPath, ['--require', require.resolve('esbuild-register'), script], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      resolve()
    })
  })
  for await (const line of createInterface({ input: child.stdout })) {
    return {
      ...Announcement.parse(JSON.parse(line)),
      async stop() {
        child.stdin.end()
        await ended
      },
    }
  }
  throw new JobError('unexpected', 'The practice shop did not start.', 'Run npm ci, and try again.')
}
