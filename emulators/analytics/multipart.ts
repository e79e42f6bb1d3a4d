import type { LoggedRequest } from '../emulator'

/** The content of the part named `file`, byte for byte; null if there is none. */
export function filePart({ headers, body }: LoggedRequest): Buffer | null {
  const match = /boundary=(?:"([^"]+)"|([^;]+))/.exec(headers['content-type'] ?? '')
  if (!match) return null
  const boundary = Buffer.from(`--${match[1] ?? match[2] ?? ''}`)
  for (let at = body.indexOf(boundary); at >= 0; at = body.indexOf(boundary, at + 1)) {
    const headEnd = body.indexOf('\r\n\r\n', at)
    const end = body.indexOf(boundary, headEnd)
    if (headEnd < 0 || end < 0) return null
    if (body.subarray(at, headEnd).toString().includes('name="file"'))
      return body.subarray(headEnd + 4, end - 2)
  }
  return null
}

/** The name that the part named `file` gives its content; null if there is none. */
export function fileNameOf({ body }: LoggedRequest): string | null {
  const head = body.subarray(0, body.indexOf('\r\n\r\n')).toString()
  return /name="file"; filename="([^"]*)"/.exec(head)?.[1] ?? null
}
