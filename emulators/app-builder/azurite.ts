import { randomBytes } from 'node:crypto'
import { Worker } from 'node:worker_threads'

/** A running blob server, with the account that signs its requests. */
export interface BlobServer {
  readonly url: string
  readonly account: string
  /** Random: requests that are signed with Azurite's well-known key are refused. */
  readonly key: string
}

export interface Azurite extends BlobServer {
  stop(): Promise<void>
}

/**
 * Starts Azurite, Microsoft's blob server, on a free port with its data in memory. It runs in a worker thread: that
 * does not block this event loop and, unlike a child process, cannot outlive this process.
 */
export async function startAzurite(): Promise<Azurite> {
  const host = '127.0.0.1'
  const account = 'files'
  const key = randomBytes(64).toString('base64')
  const worker = new Worker(require.resolve('azurite/dist/src/blob/main.js'), {
    argv: [
      ...['--blobHost', host, '--blobPort', '0', '--inMemoryPersistence'],
      ...['--silent', '--disableTelemetry', '--skipApiVersionCheck'],
    ],
    env: { AZURITE_ACCOUNTS: `${account}:${key}` },
    execArgv: [],
    stdout: true,
    stderr: true,
  })
  const url = await listeningUrl(worker)
  return {
    url,
    account,
    key,
    stop: async () => {
      await worker.terminate()
    },
  }
}

function listeningUrl(worker: Worker): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const url = /successfully listens on (\S+)/.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    }
    worker.stdout.on('data', read)
    worker.stderr.on('data', read)
    worker.once('error', reject)
    worker.once('exit', () => {
      reject(new Error(`Azurite did not start: ${output}`))
    })
  })
}
