import type { Body, Decoder } from '../../../../src/sources/decoders/decoder'

/** A body in memory that arrives in pieces. */
export function bodyOf(
  content: string | Uint8Array,
  {
    pieceBytes = 7,
    contentType = null,
  }: { readonly pieceBytes?: number; readonly contentType?: string | null } = {},
): Body {
  const bytes = Buffer.from(content as Uint8Array)
  return { bytes: piecesOf(bytes, pieceBytes), contentType, place: 'https://example.com/export' }
}

async function* piecesOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve()
    yield bytes.subarray(at, at + size)
  }
}

/** Everything that a decoder makes of a body. */
export async function decodeAll(
  decoder: Decoder,
  body: Body,
): Promise<{ readonly records: unknown[]; readonly envelope: unknown }> {
  const decoded = decoder.decode(body)
  const records: unknown[] = []
  for await (const chunk of decoded.records) records.push(...chunk)
  return { records, envelope: decoded.envelope() }
}

export async function recordsOf(
  decoder: Decoder,
  content: string | Uint8Array,
  pieceBytes = 7,
): Promise<unknown[]> {
  return (await decodeAll(decoder, bodyOf(content, { pieceBytes }))).records
}

/** What JSON.parse gives, with the digits of the integers that it would round. */
export function exactly(value: unknown): unknown {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) || /[.e]/.test(String(value)) ? value : String(value)
  }
  if (Array.isArray(value)) return value.map(exactly)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, exactly(inner)]))
}
