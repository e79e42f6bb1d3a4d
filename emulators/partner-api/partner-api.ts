import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '../emulator'
import type { Emulator, LoggedRequest, Reply } from '../emulator'

export interface FlightRecord {
  readonly date: string
  readonly delay: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

export interface PartnerApiEmulator extends Emulator {
  /** What it serves, ascending by date. Tests may add to it or spoil it. */
  readonly flights: unknown[]
  /** Lifetime of access tokens, s. */
  expiresIn: number
}

export const partnerClient = { id: 'partner-client', secret: 'canary-partner-client-secret' }

const defaultLimit = 1_000
const maxLimit = 5_000

/** Real flights, 20,000 of them, from the npm package vega-datasets (its `exports` hide the data, so: by path). */
export function realFlights(): FlightRecord[] {
  const path = join(require.resolve('vega-datasets'), '..', '..', 'data', 'flights-20k.json')
  return JSON.parse(readFileSync(path, 'utf8')) as FlightRecord[]
}

/**
 * A partner's REST API: OAuth 2 client credentials (RFC 6749 §4.4), and `GET /v1/flights` with `since` (inclusive),
 * `limit` and `page_token`.
 */
export async function startPartnerApi({
  now = Date.now,
  flights = realFlights(),
}: { readonly now?: () => number; readonly flights?: unknown[] } = {}): Promise<PartnerApiEmulator> {
  const tokens = new Map<string, number>()
  const knobs = { expiresIn: 3600 }

  function token(request: LoggedRequest): Reply {
    const form = new URLSearchParams(request.body.toString())
    if (form.get('grant_type') !== 'client_credentials') {
      return { status: 400, body: { error: 'unsupported_grant_type' } }
    }
    const [id, secret] = basicAuth(request) ?? [form.get('client_id'), form.get('client_secret')]
    if (id !== partnerClient.id || secret !== partnerClient.secret) {
      return { status: 401, headers: { 'www-authenticate': 'Basic' }, body: { error: 'invalid_client' } }
    }
    const value = `partner-token-${tokens.size + 1}-canary`
    tokens.set(value, now() + knobs.expiresIn * 1000)
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { access_token: value, token_type: 'Bearer', expires_in: knobs.expiresIn },
    }
  }

  function list(request: LoggedRequest, query: URLSearchParams): Reply {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    if ((tokens.get(bearer) ?? 0) <= now()) {
      return {
        status: 401,
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
        body: { error: 'invalid_token' },
      }
    }
    const limit = Math.min(Number(query.get('limit') ?? defaultLimit), maxLimit)
    const since = query.get('since') ?? ''
    const from = firstAtOrAfter(since) + Number(query.get('page_token') ?? 0)
    const data = flights.slice(from, from + limit)
    const offset = Number(query.get('page_token') ?? 0) + limit
    return { status: 200, body: { data, next_token: from + limit < flights.length ? String(offset) : null } }
  }

  function firstAtOrAfter(since: string): number {
    const index = flights.findIndex((flight) => dateOf(flight) >= since)
    return index < 0 ? flights.length : index
  }

  const emulator = await startEmulator(
    (request) => {
      const { pathname, searchParams } = new URL(request.url, 'http://partner')
      if (request.method === 'POST' && pathname === '/oauth/token') return token(request)
      if (request.method === 'GET' && pathname === '/v1/flights') return list(request, searchParams)
      return { status: 404, body: { error: 'not_found' } }
    },
    { now },
  )
  return Object.assign(knobs, emulator, { flights })
}

function dateOf(flight: unknown): string {
  const date = (flight as Partial<FlightRecord> | null)?.date
  return typeof date === 'string' ? date : ''
}

function basicAuth({ headers }: LoggedRequest): string[] | null {
  const encoded = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1]
  return encoded === undefined
    ? null
    : Buffer.from(encoded, 'base64').toString().split(':').map(decodeURIComponent)
}
