import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { startEmulator } from '../emulator'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Emulator, LoggedRequest, Reply } from '../emulator'

/** Azurite's well-known development account: not a secret. */
const account = 'devstoreaccount1'
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
const apiVersion = '2021-12-02'

export interface FilesEmulator extends Emulator {
  /** The address of a container, signed until `expiresAt`; the container is made on first use. */
  grant(container: string, expiresAt: number): Promise<string>
}

/** App Builder Files: a real Azurite blob server, behind a proxy that keeps a request log and injects faults. */
export async function startFiles(): Promise<FilesEmulator> {
  const folder = await mkdtemp(join(tmpdir(), 'files-'))
  const port = await freePort()
  const azurite = spawn(
    process.execPath,
    [
      require.resolve('azurite/dist/src/blob/main.js'),
      ...['--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', folder],
      ...['--silent', '--disableTelemetry', '--skipApiVersionCheck'],
    ],
    { stdio: 'ignore' },
  )
  const origin = `http://127.0.0.1:${port}`
  await untilListening(origin)

  const emulator = await startEmulator((incoming) => forward(port, incoming))
  const created = new Set<string>()

  async function grant(container: string, expiresAt: number): Promise<string> {
    const query = signed(container, expiresAt)
    if (!created.has(container)) {
      await createContainer(port, container)
      created.add(container)
    }
    return `${emulator.url}/${account}/${container}?${query}`
  }

  return {
    ...emulator,
    grant,
    async stop() {
      await emulator.stop()
      azurite.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function untilListening(origin: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      await fetch(origin)
      return
    } catch {
      await delay(50)
    }
  }
  throw new Error('Azurite did not start.')
}

function forward(port: number, { method, url, headers, body }: LoggedRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        resolve({
          status: answer.statusCode ?? 500,
          headers: passedOn(answer.headers),
          body: Buffer.concat(chunks),
        })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** A service SAS for a container. @see https://learn.microsoft.com/rest/api/storageservices/create-service-sas */
function signed(container: string, expiresAt: number): string {
  const expiry = new Date(expiresAt).toISOString().replace(/\.\d+/, '')
  const permissions = 'racwdl'
  const fields = [
    permissions,
    '',
    expiry,
    `/blob/${account}/${container}`,
    '',
    '',
    '',
    apiVersion,
    'c',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
  ]
  const signature = createHmac('sha256', Buffer.from(accountKey, 'base64'))
    .update(fields.join('\n'))
    .digest('base64')
  return new URLSearchParams({
    sv: apiVersion,
    sr: 'c',
    sp: permissions,
    se: expiry,
    sig: signature,
  }).toString()
}

/** Container creation needs the account's key itself (Shared Key authorisation). */
async function createContainer(port: number, container: string): Promise<void> {
  const date = new Date().toUTCString()
  const resource = `/${account}/${account}/${container}\nrestype:container`
  const text = [
    'PUT',
    ...Array<string>(11).fill(''),
    `x-ms-date:${date}`,
    `x-ms-version:${apiVersion}`,
    resource,
  ].join('\n')
  const signature = createHmac('sha256', Buffer.from(accountKey, 'base64')).update(text).digest('base64')
  const answer = await fetch(`http://127.0.0.1:${port}/${account}/${container}?restype=container`, {
    method: 'PUT',
    headers: {
      'x-ms-date': date,
      'x-ms-version': apiVersion,
      authorization: `SharedKey ${account}:${signature}`,
    },
  })
  if (answer.status !== 201 && answer.status !== 409)
    throw new Error(`Azurite refused a container: HTTP ${answer.status}`)
}

/** Headers that describe this hop only are not passed on. */
function passedOn(headers: IncomingHttpHeaders): Record<string, string> {
  const hop = new Set(['transfer-encoding', 'connection', 'keep-alive'])
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (hop.has(name) ? [] : [[name, String(value)]])),
  )
}
