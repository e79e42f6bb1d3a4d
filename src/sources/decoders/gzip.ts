import { createGunzip } from 'node:zlib'
import { bodyFault, mediaTypeOf } from './body-fault'
import { createByteQueue } from './byte-queue'
import { inflatedFrom } from './inflated'
import type { Body, Decoder } from './decoder'

/** A body that was compressed with gzip; its checksum is verified. Several members are read one after the other. */
export function gzip(inner: Decoder): Decoder {
  return {
    kind: `gzip(${inner.kind})`,
    accept: 'application/gzip',
    faults: inner.faults,
    decode: (body) => inner.decode({ ...body, contentType: innerType(body), bytes: unpacked(body) }),
  }
}

/** The media type of the content: servers send either that or the type of the compressed form. */
export function innerType({ contentType }: Body): string | null {
  return mediaTypeOf(contentType)?.includes('zip') ? null : contentType
}

/** Refuses an empty body, and data behind zero padding: zlib accepts the first and ignores the second. */
async function* unpacked(body: Body): AsyncGenerator<Uint8Array> {
  const queue = createByteQueue(body.bytes)
  try {
    const start = await queue.take(2)
    if (!start) throw bodyFault(body, queue.taken() === 0 ? 'is empty' : 'is not gzip')
    if (start[0] !== 0x1f || start[1] !== 0x8b) throw bodyFault(body, 'is not gzip')
    queue.giveBack(start)
    yield* inflatedFrom(queue, body, createGunzip())
    // Zeros are padding.
    for (let rest = await queue.next(); rest; rest = await queue.next()) {
      if (rest.some((byte) => byte !== 0))
        throw bodyFault(body, 'has data behind its end,', { at: queue.taken(), unit: 'byte' })
    }
  } finally {
    await queue.close()
  }
}
