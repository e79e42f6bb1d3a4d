import { createHash } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import { parseOptions } from '../../options'
import { failure, wrongHostKey } from './sftp-faults'
import { changed } from './store-request'
import type SftpClient from 'ssh2-sftp-client'
import type { InputReference } from '../../inputs'
import type { SourceContext } from '../source'
import type { FileStore, FileStoreDefinition, StoredFile } from './file-store'

/** A password, or a private key in PEM or OpenSSH form. */
export type SftpCredential =
  | { readonly password: InputReference }
  | { readonly privateKey: InputReference; readonly passphrase?: InputReference }

export interface SftpOptions {
  readonly host: InputReference
  /** Default 22, which App Builder permits. */
  readonly port?: number
  readonly username: InputReference
  readonly credential: SftpCredential
  /**
   * The fingerprint of the server's key, as `ssh-keygen -lf` prints it: `SHA256:…`. Without it, a man in the middle
   * could answer in place of the server.
   */
  readonly hostKey: InputReference
  /** The folder that names are relative to. Default: where the server puts the user. */
  readonly folder?: string
}

const reference = z.object({ kind: z.string(), name: z.string() }, 'must be input(…) or secret(…)')
const Options = z.strictObject({
  host: reference,
  port: z.int('must be a port').min(1, 'must be a port').max(65_535, 'must be a port').optional(),
  username: reference,
  credential: z.union(
    [
      z.strictObject({ password: reference }),
      z.strictObject({ privateKey: reference, passphrase: reference.optional() }),
    ],
    'must be { password } or { privateKey }',
  ),
  hostKey: reference,
  folder: z.string('must be a text').min(1, 'must not be empty').optional(),
})

const timeoutMs = 30_000

/** A folder on an SFTP server, with the folders below it. */
export function sftp(options: SftpOptions): FileStoreDefinition {
  const { faults } = parseOptions('sftp', Options, options)
  const { host, username, credential, hostKey } = options
  const inputs = [host, username, hostKey, ...Object.values(credential as Record<string, InputReference>)]
  return {
    kind: 'sftp',
    inputs: faults.length > 0 ? [] : inputs,
    faults,
    open: (context) => openSftp(options, context),
  }
}

function openSftp(options: SftpOptions, context: SourceContext): FileStore {
  const { port = 22, folder = '.' } = options
  const host = context.inputs(options.host)
  const place = `sftp://${host}:${port}/${folder}`
  let connection: Promise<SftpClient> | null = null

  function connected(): Promise<SftpClient> {
    connection ??= connect(options, context, host, port)
    connection.catch(() => (connection = null))
    return connection
  }

  /** Every folder must be readable: otherwise the files of an unreadable one would silently be missing. */
  async function* walk(client: SftpClient, below: string, prefix: string): AsyncGenerator<StoredFile[]> {
    const path = below === '' ? folder : `${folder}/${below}`
    const entries = await attempt(`the folder ${path}`, client.list(path))
    const files: StoredFile[] = []
    const folders: string[] = []
    for (const { name: short, type } of entries) {
      const name = below === '' ? short : `${below}/${short}`
      if (!name.startsWith(prefix) && !prefix.startsWith(`${name}/`)) continue
      const isFolder = type === 'd'
      const found = isFolder ? null : await attempt(name, client.stat(`${folder}/${name}`))
      // A folder behind a link could contain itself.
      if (isFolder || (found?.isDirectory && (type as string) !== 'l')) folders.push(name)
      else if (found?.isFile && name.startsWith(prefix)) files.push(storedFile(name, found))
    }
    yield files
    for (const name of folders) yield* walk(client, name, prefix)
  }

  return {
    identity: place,
    async *list(prefix, signal) {
      signal.throwIfAborted()
      for await (const files of walk(await connected(), '', prefix)) {
        signal.throwIfAborted()
        yield files
      }
    },
    async read(file, signal) {
      const client = await connected()
      return { bytes: contentOf(client, `${folder}/${file.name}`, file, signal), contentType: null }
    },
    async close() {
      const open = connection
      connection = null
      await open?.then((client) => client.end()).catch(() => undefined)
    },
  }
}

async function attempt<T>(what: string, step: Promise<T>): Promise<T> {
  try {
    return await step
  } catch (error) {
    throw failure(what, error)
  }
}

function storedFile(name: string, { size, modifyTime }: { size: number; modifyTime: number }): StoredFile {
  return { name, bytes: size, modified: modifyTime, version: `${size}-${modifyTime}` }
}

async function* contentOf(
  client: SftpClient,
  path: string,
  file: StoredFile,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stream = client.createReadStream(path, { autoClose: true })
  const stop = () => stream.destroy(signal.reason as Error)
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) yield chunk
    const { version } = storedFile(file.name, await client.stat(path))
    if (version !== file.version) throw changed(file.name)
  } catch (error) {
    throw signal.aborted || error instanceof JobError ? error : failure(file.name, error)
  } finally {
    signal.removeEventListener('abort', stop)
    stream.destroy()
  }
}

async function connect(
  { username, credential, hostKey }: SftpOptions,
  { inputs }: SourceContext,
  host: string,
  port: number,
): Promise<SftpClient> {
  const { default: Client } = await import('ssh2-sftp-client')
  // Its own listeners would print to the console.
  const ignore = () => undefined
  const client = new Client('source', { error: ignore, end: ignore, close: ignore })
  const expected = fingerprintOf(inputs(hostKey), hostKey.name)
  let presented = ''
  try {
    await client.connect({
      host,
      port,
      username: inputs(username),
      ...('password' in credential
        ? { password: inputs(credential.password) }
        : {
            privateKey: inputs(credential.privateKey),
            ...(credential.passphrase ? { passphrase: inputs(credential.passphrase) } : {}),
          }),
      readyTimeout: timeoutMs,
      hostVerifier: (key: Buffer) => {
        presented = createHash('sha256').update(key).digest('base64').replace(/=+$/, '')
        return presented === expected
      },
    })
    return client
  } catch (error) {
    if (presented !== '' && presented !== expected) throw wrongHostKey(hostKey.name, host)
    throw failure(`the server ${host}`, error)
  }
}

function fingerprintOf(text: string, input: string): string {
  const digest = /^SHA256:([A-Za-z0-9+/]{43})=?$/.exec(text)?.[1]
  if (digest !== undefined) return digest
  throw new JobError(
    'input-invalid',
    `The input ${input} is not the fingerprint of a host key.`,
    `Set ${input} to the form SHA256:… that \`ssh-keygen -lf\` prints for the server's key.`,
    { details: { input } },
  )
}
