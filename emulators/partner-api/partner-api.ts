import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '../emulator'
import { realAirports } from './airports'
import { createAuthorizationServer } from './authorization-server'
import { salesSince } from './sales'
import { adCostsBetween, refundsBetween } from './shop'
import type { Emulator, LoggedRequest, Reply, ServerOptions } from '../emulator'
import type { AuthorizationServer } from './authorization-server'

export { partnerClient } from './authorization-server'

export interface FlightRecord {
  readonly date: string
  readonly delay: number
  readonly distance: number
  readonly origin: string
  readonly destination: string
}

export interface PartnerApiEmulator extends Emulator, Omit<AuthorizationServer, 'answer' | 'accepts'> {
  /** The records that are served, ascending by date. Tests may add to them or damage them. */
  readonly flights: unknown[]
  /** The airports that are served, each with a code of its own. */
  readonly airports: unknown[]
}

export interface PartnerApiOptions extends ServerOptions {
  /** The records that it serves; by default 20,000 real flights. */
  readonly flights?: unknown[]
  /** By default 3,376 real airports. */
  readonly airports?: unknown[]
  /** Records in a page where the caller sets no limit. */
  readonly pageSize?: number
}

const maxLimit = 5_000

/** What is asked for by a range. */
const rangedData: Readonly<Record<string, typeof adCostsBetween | typeof refundsBetween | undefined>> = {
  '/v1/ad-costs': adCostsBetween,
  '/v1/refunds': refundsBetween,
}

/** Real flights, 20,000 of them, from the npm package vega-datasets (its `exports` hide the data, so: by path). */
export function realFlights(): FlightRecord[] {
  const path = join(require.resolve('vega-datasets'), '..', '..', 'data', 'flights-20k.json')
  parsed ??= JSON.parse(readFileSync(path, 'utf8')) as FlightRecord[]
  return parsed.map((flight) => ({ ...flight }))
}

let parsed: readonly FlightRecord[] | undefined

/**
 * A partner's REST API: an OAuth 2 authorization server, `GET /v1/flights` with `since` (inclusive), `limit` and
 * `page_token`, the same of `GET /v1/sales`, `GET /v1/airports` with `limit` and `page_token`, and `GET /v1/ad-costs` and `GET /v1/refunds` with
 * `from` and `to` (exclusive).
 */
export async function startPartnerApi({
  now = Date.now,
  flights = realFlights(),
  airports = realAirports(),
  pageSize = 1_000,
  port = 0,
}: PartnerApiOptions = {}): Promise<PartnerApiEmulator> {
  const authorization = createAuthorizationServer(now)

  function list(
    request: LoggedRequest,
    records: readonly unknown[],
    first: number,
    query: URLSearchParams,
  ): Reply {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    if (!authorization.accepts(bearer)) {
      return {
        status: 401,
        headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
        body: { error: 'invalid_token' },
      }
    }
    const limit = Math.min(Number(query.get('limit') ?? pageSize), maxLimit)
    const offset = Number(query.get('page_token') ?? 0)
    const from = first + offset
    const data = records.slice(from, from + limit)
    const next = from + limit < records.length ? String(offset + limit) : null
    return { status: 200, body: { data, next_token: next } }
  }

  function firstAtOrAfter(since: string): number {
    const index = flights.findIndex((flight) => dateOf(flight) >= since)
    return index < 0 ? flights.length : index
  }

  const emulator = await startEmulator(
    (request) => {
      const { pathname, searchParams } = new URL(request.url, 'http://partner')
      if (request.method === 'GET' && pathname === '/v1/flights') {
        return list(request, flights, firstAtOrAfter(searchParams.get('since') ?? ''), searchParams)
      }
      if (request.method === 'GET' && pathname === '/v1/airports')
        return list(request, airports, 0, searchParams)
      if (request.method === 'GET' && pathname === '/v1/sales')
        return list(request, salesSince(searchParams.get('since') ?? ''), 0, searchParams)
      const ranged = rangedData[pathname]
      if (request.method === 'GET' && ranged) {
        const instantOf = (name: string) => Date.parse(searchParams.get(name) ?? '')
        return list(request, ranged(instantOf('from'), instantOf('to'), now()), 0, searchParams)
      }
      return authorization.answer(request) ?? { status: 404, body: { error: 'not_found' } }
    },
    { now, port },
  )
  return Object.assign(authorization, emulator, { flights, airports })
}

function dateOf(flight: unknown): string {
  const date = (flight as Partial<FlightRecord> | null)?.date
  return typeof date === 'string' ? date : ''
}
