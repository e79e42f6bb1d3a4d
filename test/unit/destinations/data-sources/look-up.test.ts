import { startAnalytics } from '../../../../emulators/analytics/analytics'
import { createAnalyticsApi } from '../../../../src/destinations/analytics-api'
import { createDataSourcesClient } from '../../../../src/destinations/data-sources/data-sources-client'
import { lookUpName } from '../../../../src/destinations/data-sources/look-up'
import { loopbackHttp } from '../../../fixtures/loopback-http'
import type { AnalyticsEmulator } from '../../../../emulators/analytics/analytics'
import type { Clock } from '../../../../src/clock'
import type { JobStatus } from '../../../../emulators/analytics/data-sources/jobs'

const dayMs = 24 * 60 * 60_000
const firstSent = Date.parse('2026-11-01T10:00:00Z')
const { signal } = new AbortController()
const file = Buffer.from('Date\tTracking Code\tEvent 1\n10/31/2026\tspring\t1\n')

let now: number
let analytics: AnalyticsEmulator
let account: string

beforeEach(async () => {
  now = firstSent
  analytics = await startAnalytics({ now: () => now, verifyToken: () => ({ client_id: 'client' }) })
  account = analytics.dataSources.addAccount('suite', 'Ad costs')
})
afterEach(() => analytics.stop())

function upload(name: string): number {
  return analytics.dataSources.jobs.add({ suite: 'suite', account, name, bytes: file }).id
}

/** A sleep moves time and returns at once. */
const clock: Clock = {
  now: () => now,
  monotonic: () => now,
  sleep(ms) {
    now += ms
    return Promise.resolve()
  },
}

function lookUp(name = 'ours.txt', since = firstSent) {
  const api = createAnalyticsApi(
    {
      ...{ http: loopbackHttp, clock, redact: (text: string) => text },
      endpoints: { collection: analytics.url, analytics: analytics.url },
      authorize: () =>
        Promise.resolve({
          headers: { authorization: 'Bearer t', 'x-api-key': 'client' },
          drop: () => Promise.resolve(),
        }),
    },
    'exampl0',
  )
  const client = createDataSourcesClient(api, 'suite')
  return lookUpName({ client, accountId: account, name, since, clock, requestMs: 500, signal })
}

describe('the lookup of a file by its name', () => {
  it.each<JobStatus>(['uploaded', 'processing', 'success', 'failure', 'deleted'])(
    'finds a job with the status %s',
    async (status) => {
      analytics.dataSources.knobs.queueMs = Infinity
      const id = upload('ours.txt')
      Object.assign(analytics.dataSources.jobs.all[0] ?? {}, { status })

      expect(await lookUp()).toEqual({ kind: 'found', receipts: [`${account}/${id}`] })
    },
  )

  it('finds one job of many pages of each status', async () => {
    analytics.dataSources.knobs.pageSize = 2
    const ids = ['x1', 'x2', 'ours', 'x3', 'x4', 'x5', 'x6'].map((name) => upload(`${name}.txt`))

    expect(await lookUp()).toEqual({ kind: 'found', receipts: [`${account}/${ids[2]}`] })
  })

  it('finds every job of the name', async () => {
    const ids = [upload('ours.txt'), upload('ours.txt')]
    const { kind, receipts } = (await lookUp()) as { kind: string; receipts: string[] }

    expect(kind).toBe('found')
    expect([...receipts].sort()).toEqual(ids.map((id) => `${account}/${id}`))
  })

  it('reports a file as absent only after all pages of all statuses, from a day before the first send', async () => {
    analytics.dataSources.knobs.pageSize = 1
    upload('other.txt')
    upload('another.txt')

    expect(await lookUp()).toEqual({ kind: 'absent' })
    const asked = analytics.requests.map(({ url }) => new URL(url, 'http://a').searchParams)
    expect(asked.map((query) => `${query.get('status')} ${query.get('page')}`)).toEqual([
      'uploaded 1',
      'processing 1',
      'success 1',
      'success 2',
      'success 1',
      'failure 1',
      'deleted 1',
    ])
    expect(new Set(asked.map((query) => query.get('start_date')))).toEqual(new Set(['2026-10-31 10:00:00']))
  })

  it('finds a job that is older than the default month of the list', async () => {
    const id = upload('ours.txt')
    now += 40 * dayMs

    expect(await lookUp()).toEqual({ kind: 'found', receipts: [`${account}/${id}`] })
    expect(await lookUp('ours.txt', 0)).toEqual({ kind: 'found', receipts: [`${account}/${id}`] })
    expect(await lookUp('ours.txt', firstSent + 2 * dayMs)).toEqual({ kind: 'absent' })
  })

  it('finds a job that moves on while the statuses are asked for', async () => {
    // It is being processed at the first request, and done at the second.
    analytics.dataSources.knobs.workMs = 400
    const id = upload('ours.txt')

    expect(await lookUp()).toEqual({ kind: 'found', receipts: [`${account}/${id}`] })
  })

  it('finds a job on a page that others leave while it is read', async () => {
    analytics.dataSources.knobs.pageSize = 1
    const ids = ['c', 'ours', 'a'].map((name) => upload(`${name}.txt`))
    const page2: Parameters<AnalyticsEmulator['once']>[1] = ({ url }) =>
      url.includes('status=success') && url.endsWith('page=2')
    // The newest job stands on the first page: once it is deleted, ours moves there, behind the reader's back.
    analytics.once(
      { kind: 'call', when: 'before', effect: () => analytics.dataSources.jobs.delete(ids[2] ?? 0) },
      page2,
    )

    expect(await lookUp()).toEqual({ kind: 'found', receipts: [`${account}/${ids[1]}`] })
  })

  it.each([
    [{ status: 500, body: { errorCode: 'unexpected_error', errorId: 'e' } }, 'unknown'],
    [{ status: 429, body: '' }, 'throttled'],
    [{ status: 200, body: { jobs: [] } }, 'unknown'],
    [{ status: 200, body: { page: 1, jobs: [], total_pages: 5_000 } }, 'unknown'],
  ])('proves nothing where one of its requests is answered by %j', async (reply, kind) => {
    analytics.once({ kind: 'reply', reply }, ({ url }) => url.includes('status=deleted'))

    expect((await lookUp()).kind).toBe(kind)
  })
})
