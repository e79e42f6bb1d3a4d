import type { LoggedRequest } from '../emulator'

/** The fields of a urlencoded or multipart form; IMS accepts both. */
export function formOf({ headers, body }: LoggedRequest): Map<string, string> {
  const type = headers['content-type'] ?? ''
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/.exec(type)
  if (!boundary) return new Map(new URLSearchParams(body.toString()))
  const parts = body.toString().split(`--${boundary[1] ?? boundary[2] ?? ''}`)
  const fields = new Map<string, string>()
  for (const part of parts) {
    const match = /name="([^"]+)"[^]*?\r\n\r\n([^]*)\r\n$/.exec(part)
    if (match) fields.set(match[1] ?? '', match[2] ?? '')
  }
  return fields
}
