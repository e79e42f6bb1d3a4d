import { createHash } from 'node:crypto'
import type { Reply } from '../emulator'

export function granted(body: object): Reply {
  return { status: 200, headers: debugHeaders(body), body }
}

export function refusal(status: number, error: string, description: string): Reply {
  const body = { error, error_description: description }
  return { status, headers: debugHeaders(body), body }
}

function debugHeaders(body: object): Record<string, string> {
  return { 'x-debug-id': createHash('sha1').update(JSON.stringify(body)).digest('hex').slice(0, 16) }
}
