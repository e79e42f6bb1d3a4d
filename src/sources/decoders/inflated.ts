import { Readable, pipeline } from 'node:stream'
import { bodyFault } from './body-fault'
import type { Transform } from 'node:stream'
import type { ByteQueue } from './byte-queue'
import type { Body } from './decoder'

type Inflate = Transform & { readonly bytesWritten: number }

/** Compressed data marks its own end; bytes read beyond it are given back. */
export async function* inflatedFrom(
  queue: ByteQueue,
  body: Pick<Body, 'place'>,
  inflate: Inflate,
): AsyncGenerator<Uint8Array> {
  /** Chunks that the stream may not have consumed yet. */
  const ahead: Uint8Array[] = []
  let aheadBytes = 0
  let fed = 0

  async function* feed(): AsyncGenerator<Uint8Array> {
    for (let chunk = await queue.next(); chunk; chunk = await queue.next()) {
      ahead.push(chunk)
      aheadBytes += chunk.length
      fed += chunk.length
      while (ahead[0] && fed - aheadBytes + ahead[0].length <= inflate.bytesWritten) {
        aheadBytes -= ahead.shift()?.length ?? 0
      }
      yield chunk
    }
  }

  yield* inflated(body, feed(), inflate)
  const rest = Buffer.concat(ahead)
  queue.giveBack(rest.subarray(inflate.bytesWritten - (fed - aheadBytes)))
}

/**
 * Bytes through a stream of `node:zlib`, with its backpressure. Faults of the body itself pass as they are.
 * @throws JobError `source-malformed` where the bytes are damaged or break off
 */
async function* inflated(
  body: Pick<Body, 'place'>,
  bytes: AsyncIterable<Uint8Array>,
  through: Inflate,
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
