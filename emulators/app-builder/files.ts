import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import {
  BlobServiceClient,
  ContainerSASPermissions,
  StorageSharedKeyCredential,
  generateBlobSASQueryParameters,
} from '@azure/storage-blob'
import { startEmulator } from '../emulator'
import { startAzurite } from './azurite'
import type { IncomingMessage } from 'node:http'
import type { Emulator, LoggedRequest, Reply, ServerOptions } from '../emulator'
import type { Azurite, BlobServer } from './azurite'

/** The bytes of every blob, by container and name. */
export type Blobs = ReadonlyMap<string, ReadonlyMap<string, Buffer>>

export interface FilesOptions extends ServerOptions {
  /** The store's clock as `Date` and `Last-Modified` show it, ms since the epoch; the blob server's own by default. */
  readonly now?: () => number
  /** A blob server that several emulators share, each with containers of its own; by default one is started. */
  readonly blobServer?: BlobServer
}

export interface FilesEmulator extends Emulator {
  /**
   * Returns the URL of a container with a signature that is valid for `lifetimeMs`; a negative one has expired.
   * Creates the container on first use.
   */
  grant(container: string, lifetimeMs: number): Promise<string>
  /** Invalidates all signatures issued so far. */
  revoke(): void
  /** Reads every blob of every container. */
  contents(): Promise<Blobs>
  /** Writes blobs into containers that do not exist yet; their times are those of now. */
  fill(blobs: Blobs): Promise<void>
}

/** App Builder Files: a real blob server behind a proxy that keeps the request log and injects faults. */
export async function startFiles(options: FilesOptions = {}): Promise<FilesEmulator> {
  const { blobServer } = options
  const azurite: Azurite = blobServer
    ? { ...blobServer, stop: () => Promise.resolve() }
    : await startAzurite()
  const account = new StorageSharedKeyCredential(azurite.account, azurite.key)
  const blobs = new BlobServiceClient(`${azurite.url}/${account.accountName}`, account)
  const agent = new Agent({ keepAlive: true })
  const redate = options.now ? redateWith(options.now) : (_: LoggedRequest, reply: Reply) => reply
  const valid = new Set<string>()
  const proxy = await startEmulator(async (incoming) => {
    const signature = new URL(incoming.url, azurite.url).searchParams.get('sig') ?? ''
    if (!valid.has(signature)) return { status: 403, headers: { 'x-ms-error-code': 'AuthenticationFailed' } }
    return redate(incoming, await forward(azurite.url, agent, incoming))
  }, options)
  const prefix = blobServer ? `${randomUUID().slice(0, 8)}-` : ''
  const containers = new Map<string, Promise<unknown>>()
  let issued = 0

  async function create(name: string): Promise<string> {
    const containerName = `${prefix}${name}`
    const created = containers.get(containerName) ?? blobs.createContainer(containerName)
    containers.set(containerName, created)
    await created
    return containerName
  }

  return {
    ...proxy,
    async grant(name, lifetimeMs) {
      const containerName = await create(name)
      issued += 1
      const signature = generateBlobSASQueryParameters(
        {
          containerName,
          permissions: ContainerSASPermissions.parse('racwdl'),
          // Makes signatures of the same second differ.
          startsOn: new Date(Date.now() - 3_600_000 - issued * 1000),
          expiresOn: new Date(Date.now() + lifetimeMs),
        },
        account,
      )
      valid.add(signature.signature)
      return `${proxy.url}/${account.accountName}/${containerName}?${signature.toString()}`
    },
    revoke() {
      valid.clear()
    },
    async contents() {
      const found = new Map<string, Map<string, Buffer>>()
      for (const containerName of containers.keys()) {
        const container = blobs.getContainerClient(containerName)
        const bytes = new Map<string, Buffer>()
        for await (const { name } of container.listBlobsFlat())
          bytes.set(name, await container.getBlobClient(name).downloadToBuffer())
        found.set(containerName.slice(prefix.length), bytes)
      }
      return found
    },
    async fill(stored) {
      for (const [name, bytes] of stored) {
        const container = blobs.getContainerClient(await create(name))
        for (const [blob, body] of bytes) await container.getBlockBlobClient(blob).uploadData(body)
      }
    },
    async stop() {
      await proxy.stop()
      agent.destroy()
      await azurite.stop()
    },
  }
}

/** Forwards a request, and returns the answer without hop-by-hop headers. */
async function forward(
  origin: string,
  agent: Agent,
  { method, url, headers, body }: LoggedRequest,
): Promise<Reply> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(origin + url, { agent, method, headers }, resolve)
      .on('error', reject)
      .end(body)
  })
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  const ofConnection = new Set(['connection', 'keep-alive', 'transfer-encoding'])
  const kept = Object.entries(answer.headers).filter(([name]) => !ofConnection.has(name))
  return {
    status: answer.statusCode ?? 500,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks),
  }
}

/** Replaces the blob server's times by those of another clock. */
function redateWith(now: () => number): (incoming: LoggedRequest, reply: Reply) => Reply {
  const modified = new Map<string, string>()
  return ({ method, url }, reply) => {
    const path = url.replace(/\?.*/, '')
    const date = new Date(now()).toUTCString()
    if (method === 'PUT' && reply.status === 201) modified.set(path, date)
    const lastModified = reply.headers?.['last-modified'] === undefined ? undefined : modified.get(path)
    return {
      ...reply,
      headers: {
        ...reply.headers,
        date,
        ...(lastModified === undefined ? {} : { 'last-modified': lastModified }),
      },
    }
  }
}
