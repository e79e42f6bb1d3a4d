import { Readable, pipeline } from 'node:stream'
import { bodyFault } from './body-fault'
import type { Transform } from 'node:stream'
import type { Body } from './decoder'

/**
 * Bytes through a stream of `node:zlib`, with its backpressure. Faults of the body itself pass as they are.
 * @throws JobError `source-malformed` where the bytes are damaged or break off
 */
export async function* inflated(
  body: Pick<Body, 'place'>,
  bytes: AsyncIterable<Uint8Array>,
  through: Transform & { readonly bytesWritten: number },
): AsyncGenerator<Uint8Array> {
  // The iteration below throws the error of the pipeline.
  pipeline(Readable.from(bytes), through, () => undefined)
  try {
    for await (const chunk of through as AsyncIterable<Uint8Array>) yield chunk
  } catch (error) {
    const { code = '' } = error as { code?: string }
    if (!code.startsWith('Z_')) throw error
    const what = code === 'Z_BUF_ERROR' ? 'breaks off' : 'has damaged compressed data'
    throw bodyFault(body, what, { at: through.bytesWritten, unit: 'byte' })
  }
}
