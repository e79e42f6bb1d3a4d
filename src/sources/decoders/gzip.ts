import { createGunzip } from 'node:zlib'
import { bodyFault, mediaTypeOf } from './body-fault'
import { inflated } from './inflated'
import type { Body, Decoder } from './decoder'

/** A body that was compressed with gzip; its checksum is verified. Several members are read one after the other. */
export function gzip(inner: Decoder): Decoder {
  return {
    kind: `gzip(${inner.kind})`,
    accept: 'application/gzip',
    faults: inner.faults,
    decode: (body) =>
      inner.decode({
        ...body,
        contentType: innerType(body),
        bytes: inflated(body, checked(body), createGunzip()),
      }),
  }
}

/** The media type of the content: servers send either that or the type of the compressed form. */
export function innerType({ contentType }: Body): string | null {
  return mediaTypeOf(contentType)?.includes('zip') ? null : contentType
}

/** Refuses an empty body, which zlib accepts as the end of a stream. */
async function* checked(body: Body): AsyncGenerator<Uint8Array> {
  let start: Uint8Array = new Uint8Array()
  for await (const chunk of body.bytes) {
    if (start.length >= 2) yield chunk
    else {
      start = Buffer.concat([start, chunk])
      if (start.length < 2) continue
      if (start[0] !== 0x1f || start[1] !== 0x8b) throw bodyFault(body, 'is not gzip')
      yield start
    }
  }
  if (start.length < 2) throw bodyFault(body, start.length === 0 ? 'is empty' : 'is not gzip')
}
