import { startEmulator } from '../emulator'
import type { Emulator, ServerOptions } from '../emulator'
import type { FilesEmulator } from './files'

export interface TvmEmulator extends Emulator {
  /** Lifetime of the grants issued from now on, ms. */
  grantMs: number
}

/**
 * App Builder's token vending machine: GET /azure/blob/{namespace}, HTTP Basic with the key of the namespace.
 * @see https://github.com/adobe/aio-lib-core-tvm for the request and its answer
 */
export async function startTvm(
  files: FilesEmulator,
  { apiKey, now = Date.now, port = 0 }: ServerOptions & { readonly apiKey: string },
): Promise<TvmEmulator> {
  const knobs = { grantMs: 60 * 60_000 }
  const expected = `Basic ${Buffer.from(apiKey).toString('base64')}`

  const emulator = await startEmulator(
    async ({ url, headers }) => {
      const namespace = /^\/azure\/blob\/([a-z\d-]+)$/.exec(url)?.[1]
      if (namespace === undefined) return { status: 404, body: { error: 'not found' } }
      if (headers.authorization !== expected) return { status: 401, body: { error: 'unauthorized' } }
      const issuedAt = now()
      return {
        status: 200,
        headers: { date: new Date(issuedAt).toUTCString() },
        body: {
          sasURLPrivate: await files.grant(namespace, knobs.grantMs),
          sasURLPublic: await files.grant(`${namespace}-public`, knobs.grantMs),
          expiration: new Date(issuedAt + knobs.grantMs).toISOString(),
        },
      }
    },
    { now, port },
  )
  return Object.assign(knobs, emulator)
}
