import * as z from 'zod'
import { readAnswer } from './answers'
import { dimensionOf } from './dataset'
import type { AnalyticsApi } from '../analytics-api'
import type { Refusal } from '../destination'

/** The number of unknown keys among the keys that were looked up; `unknown` where the lookup fails. */
export type UnseenKeys =
  | { readonly kind: 'counted'; readonly asked: number; readonly unseen: number }
  | { readonly kind: 'unknown'; readonly message: string }
  | Extract<Refusal, { kind: 'unauthorized' }>

const Report = z.object({ rows: z.array(z.object({ value: z.string() })) })

/** Keys of one request: Adobe permits 12 requests in 6 s, and a clause of a few kilobytes. */
const keysPerRequest = 50
const keysAsked = 200
const seenWithinMs = 90 * 24 * 60 * 60_000
/** The search clause quotes keys with apostrophes, and their escaping is not documented. */
const unquotable = /['\\]/

/**
 * Looks up a sample of keys in the reports of a suite: a key is known if the variable had that value within 90 days.
 * @param sample keys, evenly drawn; a part of them is asked for
 * @param now ms since the epoch
 */
export async function countUnseenKeys(
  api: AnalyticsApi,
  { reportSuite, variable }: { readonly reportSuite: string; readonly variable: string },
  sample: readonly string[],
  now: number,
  signal: AbortSignal,
): Promise<UnseenKeys> {
  const fit = sample.filter((key) => !unquotable.test(key))
  const stride = Math.ceil(fit.length / keysAsked)
  const keys = fit.filter((_, index) => index % stride === 0)
  const dateRange = `${dayOf(now - seenWithinMs)}/${dayOf(now + 24 * 60 * 60_000)}`
  let seen = 0
  for (let first = 0; first < keys.length; first += keysPerRequest) {
    const part = keys.slice(first, first + keysPerRequest)
    const body = {
      rsid: reportSuite,
      globalFilters: [{ type: 'dateRange', dateRange }],
      metricContainer: { metrics: [{ columnId: '0', id: 'metrics/occurrences' }] },
      dimension: `variables/${dimensionOf(variable)}`,
      search: { clause: part.map((key) => `( MATCH '${key}' )`).join(' OR ') },
      settings: { limit: keysPerRequest * 4, page: 0 },
    }
    const answer = await api.call({
      method: 'POST',
      path: '/reports',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    })
    const read = readAnswer(answer, api.reading(), Report)
    if (read.kind === 'unauthorized') return read
    if (read.kind !== 'read') {
      return { kind: 'unknown', message: 'message' in read ? read.message : 'too many requests' }
    }
    const found = new Set(read.value.rows.map(({ value }) => value.toLowerCase()))
    seen += part.filter((key) => found.has(key.toLowerCase())).length
  }
  return { kind: 'counted', asked: keys.length, unseen: keys.length - seen }
}

/** `2026-11-21T00:00:00.000`, in the suite's own time zone. */
function dayOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 10)}T00:00:00.000`
}
