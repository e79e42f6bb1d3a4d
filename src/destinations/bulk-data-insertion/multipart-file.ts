import { createHash } from 'node:crypto'

/** A multipart/form-data body with one gzip file in a part named `file` (RFC 7578), its length known. */
export function multipartFile(
  fileName: string,
  bytes: Uint8Array,
): { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer } {
  // Derived from the content, so that the same batch is the same request.
  const boundary = `batch-${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`
  const head = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="file"; filename="${fileName}"`,
    'Content-Type: application/gzip',
    '',
    '',
  ].join('\r\n')
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  }
}
