/**
 * A multipart/form-data body with one gzip file in a part named `file` (RFC 7578), its length known.
 * @param batchId an id without characters that a boundary may not have; the same batch is the same request
 */
export function multipartFile(
  batchId: string,
  fileName: string,
  bytes: Uint8Array,
): { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer } {
  const boundary = `batch-${batchId}`
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
