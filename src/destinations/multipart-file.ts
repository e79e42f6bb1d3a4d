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
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="file"; filename="${name}"`,
    `Content-Type: ${contentType}`,
    '',
    '',
  ].join('\r\n')
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  }
}
