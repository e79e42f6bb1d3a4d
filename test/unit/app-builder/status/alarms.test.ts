import { readAlarms } from '../../../../src/app-builder/status/alarms'
import { nextAlarmOf, nextWatch } from '../../../../src/app-builder/status/next-alarm'
import { TransportError } from '../../../../src/http/http-client'
import type { Alarm } from '../../../../src/app-builder/status/alarms'
import type { HttpClient } from '../../../../src/http/http-client'

const namespace = { apiHost: 'https://host', name: 'ns', packageName: 'ingest', auth: 'u:k' }
const feed = { key: 'feed', value: '/whisk.system/alarms/alarm' }

interface Trigger {
  readonly cron?: unknown
  readonly payload?: unknown
  readonly status?: string
  readonly path?: string
  readonly action?: string
}

/** A namespace with these triggers; `broken` answers HTTP 500, `cut` nothing. */
function platform(triggers: Readonly<Record<string, Trigger>>) {
  const names = Object.keys(triggers)
  const asked: string[] = []
  const http: HttpClient = ({ url }) => {
    const { pathname, searchParams } = new URL(url)
    asked.push(pathname + '?' + searchParams.toString())
    const name = /triggers\/(.+)$/.exec(pathname)?.[1]
    if (name === 'cut') return Promise.reject(new TransportError('cut', 'perhaps', 'network'))
    const skip = Number(searchParams.get('skip'))
    const listed = names
      .slice(skip, skip + Number(searchParams.get('limit')))
      .map((one) => ({ name: one, annotations: one === 'no-alarm' ? [] : [feed] }))
    const body = name === undefined ? listed : detailsOf(triggers[name] ?? {})
    const status = name === 'broken' ? 500 : 200
    return Promise.resolve({ status, headers: {}, body: Buffer.from(JSON.stringify(body)) })
  }
  return { http, asked }
}

function detailsOf({ cron, payload, status = 'active', path = 'ns/ingest', action = 'run-job' }: Trigger) {
  return {
    parameters: [
      { key: 'cron', value: cron },
      { key: 'trigger_payload', value: payload },
    ],
    rules: { 'ns/rule': { status, action: { path, name: action } } },
  }
}

describe('the alarms of a namespace', () => {
  it('have cron, payload and the actions of this package that an active rule wakes', async () => {
    const { http, asked } = platform({
      ...{ a: { cron: '*/15 * * * *', payload: { job: 'a' } }, b: { cron: 5, payload: '{"job":"b"}' } },
      ...{ c: { payload: 'text', status: 'inactive' }, d: { path: 'ns/other' }, 'no-alarm': {} },
    })

    expect(await readAlarms(http, namespace)).toEqual({
      complete: true,
      found: [
        { cron: '*/15 * * * *', payload: { job: 'a' }, actions: ['run-job'] },
        { cron: null, payload: { job: 'b' }, actions: ['run-job'] },
        { cron: null, payload: {}, actions: [] },
        { cron: null, payload: {}, actions: [] },
      ],
    })
    expect(asked.filter((one) => one.includes('no-alarm'))).toEqual([])
  })

  it('are read page by page', async () => {
    const many = Array.from({ length: 120 }, (_, index) => [`t${index}`, { payload: { job: `j${index}` } }])
    const { http } = platform(Object.fromEntries(many) as Record<string, Trigger>)

    const { found, complete } = await readAlarms(http, namespace)

    expect(new Set(found.map(({ payload }) => payload.job)).size).toBe(120)
    expect(complete).toBe(true)
  })

  it('are incomplete where there are more than a page can wait for', async () => {
    const many = Array.from({ length: 201 }, (_, index) => [`t${index}`, {}])
    const { http } = platform(Object.fromEntries(many) as Record<string, Trigger>)

    expect(await readAlarms(http, namespace)).toMatchObject({ complete: false })
  })

  it.each(['broken', 'cut'])(
    'are incomplete where one is %s, and no further one is asked for',
    async (name) => {
      const many = Array.from({ length: 40 }, (_, index) => [`t${index}`, {}])
      const { http, asked } = platform({ [name]: {}, ...Object.fromEntries(many) } as Record<string, Trigger>)

      expect(await readAlarms(http, namespace)).toMatchObject({ complete: false })
      expect(asked.length).toBeLessThan(30)
    },
  )

  it('are unknown where the list cannot be read', async () => {
    const http: HttpClient = () => Promise.resolve({ status: 401, headers: {}, body: Buffer.from('{}') })

    expect(await readAlarms(http, namespace)).toEqual({ found: [], complete: false })
  })
})

describe('the next alarm', () => {
  const now = Date.UTC(2026, 10, 21, 12, 7)
  const alarm = (cron: string | null, payload: object, actions = ['run-job']): Alarm => ({
    ...{ cron, actions, payload: payload as Alarm['payload'] },
  })
  const next = (found: readonly Alarm[], tenant: string | null = null, complete = true) =>
    nextAlarmOf({ found, complete }, { job: 'orders', tenant }, now)

  it('is the earliest one of the job, in UTC', () => {
    const found = [
      alarm('0 4 * * *', { job: 'orders' }),
      alarm('*/15 * * * *', { job: 'orders' }),
      alarm('* * * * *', { job: 'visits' }),
      alarm('* * * * *', { job: 'orders' }, ['verify-arrival']),
      alarm('* * * * *', { job: 'orders', tenant: 'all' }),
    ]

    expect(next(found)).toEqual({ kind: 'at', at: '2026-11-21T12:15:00.000Z' })
  })

  it('of a tenant’s job is its own, or the one of all tenants', () => {
    const found = [
      alarm('* * * * *', { job: 'orders' }),
      alarm('30 * * * *', { job: 'orders', tenant: 'all' }),
      alarm('20 * * * *', { job: 'orders', tenant: 'theirs' }),
    ]

    expect(next(found, 'theirs')).toMatchObject({ at: '2026-11-21T12:20:00.000Z' })
    expect(next(found, 'other')).toMatchObject({ at: '2026-11-21T12:30:00.000Z' })
  })

  it('is none only where every alarm was read, and unknown where one does not fire by cron', () => {
    expect(next([alarm('* * * * *', { job: 'visits' })])).toEqual({ kind: 'none' })
    expect(next([], null, false)).toEqual({ kind: 'unknown' })
    expect(next([alarm(null, { job: 'orders' })])).toEqual({ kind: 'unknown' })
    expect(next([alarm('soon', { job: 'orders' })])).toEqual({ kind: 'unknown' })
  })

  it('of the watchdog is that of its action', () => {
    const found = [alarm('*/10 * * * *', {}, ['watchdog']), alarm('* * * * *', { job: 'orders' })]

    expect(nextWatch({ found, complete: true }, now)).toEqual({ kind: 'at', at: '2026-11-21T12:10:00.000Z' })
  })
})
