import { TextDecoder } from 'node:util'
import * as z from 'zod'
import { bodyFault } from './body-fault'
import type { Body } from './decoder'

/** Larger chunks are cut, so that the records of one chunk take little memory. */
const pieceBytes = 64 * 1024

/** A label of the WHATWG Encoding Standard, such as `utf-8`, `utf-16le`, `latin1` (which it reads as Windows-1252). */
export const EncodingLabel = z
  .string('must be the name of an encoding')
  .refine(
    (label) => newDecoder(label) !== null,
    'must be the name of an encoding, such as "utf-8" or "latin1"',
  )

/**
 * The text of a body, in pieces and without a byte order mark. The encoding is the declared one; else that of the byte
 * order mark, of the `charset` of the media type, or the one that `sniff` finds; else UTF-8.
 * @param sniff finds a declaration in the first bytes
 * @throws JobError `source-malformed` for bytes that are not of the encoding: a replacement character would change data
 */
export async function* textOf(
  body: Body,
  declared: string | undefined,
  sniff: (start: Uint8Array) => string | null = () => null,
): AsyncGenerator<string> {
  let offset = 0

  function decoderFor(start: Uint8Array): TextDecoder {
    const label = declared ?? markOf(start) ?? charsetOf(body.contentType) ?? sniff(start) ?? 'utf-8'
    const decoder = newDecoder(label)
    if (!decoder) throw bodyFault(body, 'names an encoding that is not known')
    return decoder
  }

  function* decode(decoder: TextDecoder, bytes: Uint8Array): Generator<string> {
    for (; bytes.length > 0; bytes = bytes.subarray(pieceBytes)) {
      const piece = bytes.subarray(0, pieceBytes)
      const text = attempt(() => decoder.decode(piece, { stream: true }))
      if (text === null) {
        throw bodyFault(body, `has bytes that are not ${decoder.encoding}, after`, {
          at: offset,
          unit: 'byte',
        })
      }
      offset += piece.length
      if (text !== '') yield text
    }
  }

  let start: Uint8Array = new Uint8Array()
  let open: TextDecoder | null = null
  for await (const chunk of body.bytes) {
    if (open) {
      yield* decode(open, chunk)
      continue
    }
    // A byte order mark or a declaration may be cut by the chunks.
    start = Buffer.concat([start, chunk])
    if (start.length < 200) continue
    open = decoderFor(start)
    yield* decode(open, start)
  }
  const decoder = open ?? decoderFor(start)
  if (!open) yield* decode(decoder, start)
  const rest = attempt(() => decoder.decode())
  if (rest === null) throw bodyFault(body, 'ends in the middle of a character', { at: offset, unit: 'byte' })
  if (rest !== '') yield rest
}

function attempt(decode: () => string): string | null {
  try {
    return decode()
  } catch {
    return null
  }
}

function newDecoder(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label, { fatal: true })
  } catch {
    return null
  }
}

function markOf([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

function charsetOf(contentType: string | null): string | null {
  return /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? '')?.[1] ?? null
}
