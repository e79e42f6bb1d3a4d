import { createHash } from 'node:crypto'

/** A file to be uploaded. */
export interface FilePart {
  /** Without characters that end a quoted string; the same name is the same boundary. */
  readonly name: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

/** A multipart/form-data body with one file in a part named `file` (RFC 7578), its length known. */
export function multipartFile({ name, contentType, bytes }: FilePart): {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
} {
  const boundary = `batch-${createHash('sha256').update(name).digest('hex').slice(0, 40)}`
  const { headers, head, tail } = multipartFrame({ name, contentType }, boundary)
  return { headers, body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(tail)]) }
}

/** The text before and after the bytes of such a file, for a caller that writes them into one buffer. */
export function multipartFrame(
  { name, contentType }: Omit<FilePart, 'bytes'>,
  boundary: string,
): { readonly headers: Readonly<Record<string, string>>; readonly head: string; readonly tail: string } {
  const lines = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="file"; filename="${name}"`,
    `Content-Type: ${contentType}`,
  ]
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    head: `${lines.join('\r\n')}\r\n\r\n`,
    tail: `\r\n--${boundary}--\r\n`,
  }
}
