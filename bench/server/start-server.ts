import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { ServerUrls } from './server'
import type { Counts } from './tally'

export interface BenchServer extends ServerUrls {
  /** Forgets what was uploaded and counted. */
  reset(): Promise<void>
  tally(): Promise<Counts & { readonly uploads: number }>
  /** The gzip bytes of one collected file. */
  upload(index: number): Promise<Buffer>
  stop(): void
}

export async function startServer(): Promise<BenchServer> {
  const child = fork(join(__dirname, 'server.ts'), [], {
    execArgv: ['--require', 'esbuild-register'],
  })
  const urls = await new Promise<ServerUrls>((resolve, reject) => {
    child.once('message', (message) => resolve(message as ServerUrls))
    child.once('exit', () => reject(new Error('The benchmark server did not start.')))
  })
  return {
    ...urls,
    reset: async () => {
      await fetch(`${urls.url}/reset`)
    },
    tally: async () => (await (await fetch(`${urls.url}/tally`)).json()) as Counts & { uploads: number },
    upload: async (index) => Buffer.from(await (await fetch(`${urls.url}/uploads/${index}`)).arrayBuffer()),
    stop: () => void child.kill(),
  }
}
