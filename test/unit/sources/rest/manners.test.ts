import { startEmulator } from '../../../../emulators/emulator'
import { input } from '../../../../src/inputs'
import { nextToken } from '../../../../src/sources/paginators/next-token'
import { offset } from '../../../../src/sources/paginators/offset'
import { pageNumber } from '../../../../src/sources/paginators/page-number'
import { restSource } from '../../../../src/sources/rest/rest-source'
import { errorOf } from '../../../fixtures/error-of'
import { sourceContext } from '../../../fixtures/source-context'
import type { Clock } from '../../../../src/clock'
import type { Emulator, Handler, Reply } from '../../../../emulators/emulator'
import type { RestSource } from '../../../../src/sources/rest/rest-options'

const { signal } = new AbortController()
const ok = { status: 200, body: { data: [{ id: 1 }] } }
const start = Date.parse('2026-01-01T00:00:00Z')

let server: Emulator
let answer: Handler
let slept: number[]
let clock: Clock & { passed: number }
beforeEach(async () => {
  answer = () => ok
  server = await startEmulator((request) => answer(request))
  slept = []
  // Time passes only while somebody sleeps; the time limit of a request never does.
  clock = {
    passed: 0,
    now: () => start + clock.passed,
    monotonic: () => clock.passed,
    sleep(ms) {
      slept.push(ms)
      clock.passed += ms
      return Promise.resolve()
    },
  }
})
afterEach(() => server.stop())

async function read(definition: Partial<RestSource> = {}, random = 0.5): Promise<number> {
  const rest = { baseUrl: input('API_BASE_URL'), path: '/v1/things', records: 'data', ...definition }
  const opened = restSource(rest as RestSource)
  expect(opened.faults).toEqual([])
  const context = sourceContext({ inputs: { API_BASE_URL: server.url }, clock })
  let records = 0
  for await (const page of opened
    .open({ ...context, random: () => random })
    .read({ mode: 'full-refresh', signal })) {
    records += page.records.length
  }
  return records
}
const fault = (reply: Reply) => server.once({ kind: 'reply', reply })
const asked = () => server.requests.map(({ url }) => url)

describe('a source that is asked again', () => {
  it('waits with exponential backoff and full jitter, up to four attempts', async () => {
    answer = () => ({ status: 503 })

    expect(await errorOf(read())).toMatchObject({ code: 'source-refused', details: { status: 503 } })
    expect(slept).toEqual([250, 500, 1000])
    expect(asked()).toHaveLength(4)
  })

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['Retry-After in seconds', { 'retry-after': '7' }, 7_000],
    ['Retry-After as a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:09 GMT' }, 9_000],
    ['RateLimit-Reset', { 'ratelimit-remaining': '0', 'ratelimit-reset': '5' }, 5_000],
    [
      'X-RateLimit-Reset since the epoch',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(start / 1000 + 6) },
      6_000,
    ],
    ['RateLimit', { ratelimit: '"burst";r=0;t=4, "daily";r=900;t=3600' }, 4_000],
  ])('waits as long as %s says', async (_what, headers, waitMs) => {
    fault({ status: 429, headers })

    expect(await read()).toBe(1)
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(waitMs)
  })

  it('waits where its last answer reports an exhausted quota', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '10' }
    answer = ({ url }) => ({ ...ok, headers, body: { data: url.endsWith('=0') ? [1] : [] } })

    expect(await read({ paginator: offset({ param: 'skip' }) })).toBe(1)
    expect(slept).toEqual([10_000])
  })
})

describe('a budget of requests', () => {
  it('spreads the requests over its windows, retries included', async () => {
    const sentAt: number[] = []
    answer = ({ url }) => {
      sentAt.push(clock.passed)
      const skip = Number(new URL(url, 'http://x').searchParams.get('skip'))
      return { status: 200, body: { data: skip < 4 ? [skip] : [] } }
    }
    fault({ status: 503 })

    expect(
      await read({ budget: { requests: 2, seconds: 30 }, paginator: offset({ param: 'skip' }) }, 0),
    ).toBe(4)
    expect(asked()).toHaveLength(6)
    // The first attempt met the fault and is not in the list.
    expect(sentAt).toEqual([0, 30_000, 30_000, 60_000, 60_000])
  })
})

describe('a rule for answers', () => {
  const limited = { status: 200, body: { error: { code: 'LIMIT' } } }

  it('retries an error with the status 200', async () => {
    fault(limited)

    const answers = [{ status: 200, body: { path: 'error.code', equals: ['LIMIT', 'BUSY'] }, then: 'retry' }]
    expect(await read({ answers } as Partial<RestSource>)).toBe(1)
    expect(asked()).toHaveLength(2)
  })

  it('fails at once where HTTP would retry', async () => {
    fault({ status: 503, body: { maintenance: true } })

    const answers = [{ status: 503, body: { path: 'maintenance' }, then: 'fail' }] as const
    expect(await errorOf(read({ answers }))).toMatchObject({
      code: 'source-refused',
      details: { status: 503 },
    })
    expect(asked()).toHaveLength(1)
  })

  it('lets an answer stand for no records, of the first page only', async () => {
    const answers = [{ status: 404, then: 'skip' }] as const
    fault({ status: 404 })
    expect(await read({ answers })).toBe(0)

    answer = ({ url }) => (url.endsWith('=1') ? { status: 404 } : ok)
    expect(
      await errorOf(read({ answers, paginator: pageNumber({ param: 'page', first: 0 }) })),
    ).toMatchObject({
      code: 'source-refused',
      message: expect.stringContaining('HTTP 404 to a later page') as string,
    })
  })

  it('does not apply where status or content are others', async () => {
    const answers = [
      { status: 404, then: 'retry' },
      { status: 200, body: { path: 'data', equals: 'none' }, then: 'fail' },
      { body: { path: 'error' }, then: 'fail' },
    ] as const

    expect(await read({ answers })).toBe(1)
  })

  it.each([
    [[{ then: 'fail' }], '"answers.0" needs a status or a body'],
    [
      [{ status: 404, then: 'ignore' }],
      '"answers.0.then" must be "retry", "renew", "smaller", "skip", "fail" or "take"',
    ],
    [[{ status: 100, then: 'fail' }], '"answers.0.status" must be a final status'],
  ])('is checked: %j', (answers, message) => {
    const rest = { baseUrl: input('A'), path: '', records: '', answers }
    expect(restSource(rest as never).faults).toEqual([`restSource: ${message}`])
  })
})

describe('a page that is too large', () => {
  const sized = { param: 'limit', size: 8 }
  const paginator = nextToken({ path: 'next', param: 'from' })
  /** Ten records, in pages of at most 3 of the 8 that are asked for first. */
  function capped(refusal: Reply): Handler {
    return ({ url }) => {
      const query = new URL(url, 'http://x').searchParams
      const [limit, from] = [Number(query.get('limit')), Number(query.get('from') ?? 0)]
      if (limit > 3) return refusal
      const data = Array.from({ length: Math.min(limit, 10 - from) }, (_, index) => ({ id: from + index }))
      return { status: 200, body: { data, next: from + limit < 10 ? from + limit : null } }
    }
  }

  it.each<[string, Reply, Partial<RestSource>]>([
    ['says HTTP 413', { status: 413 }, {}],
    ['says so in its body', limitedBody(), { answers: [{ body: { path: 'tooMany' }, then: 'smaller' }] }],
    [
      'has too many bytes',
      { status: 200, body: Buffer.alloc(2_000_000, ' ') },
      { limits: { pageMegabytes: 1 } },
    ],
    ['has too many values', { status: 200, body: `[${Array(1_500_000).fill('{}').join()}]` }, {}],
  ])(
    'is asked for in halves where the answer %s, and the rest in that size',
    async (_what, refusal, more) => {
      answer = capped(refusal)

      expect(await read({ pageSize: sized, paginator, ...more })).toBe(10)
      expect(asked().map((url) => url.replace('/v1/things?', ''))).toEqual([
        ...['limit=8', 'limit=4', 'limit=2', 'limit=2&from=2', 'limit=2&from=4', 'limit=2&from=6'],
        'limit=2&from=8',
      ])
    },
  )

  it('fails at the smallest size that is allowed', async () => {
    answer = capped({ status: 413 })

    const pageSize = { ...sized, least: 4 }
    expect(await errorOf(read({ pageSize, paginator }))).toMatchObject({
      code: 'source-malformed',
      message: expect.stringContaining('HTTP 413') as string,
      remedy: expect.stringContaining('smallest page') as string,
    })
    expect(asked()).toHaveLength(2)
  })

  it('fails where pages are counted, because another size would lose records', async () => {
    answer = capped({ status: 413 })

    await errorOf(read({ pageSize: sized, paginator: pageNumber({ param: 'page' }) }))
    expect(asked()).toEqual(['/v1/things?limit=8&page=1'])
  })

  it('names the option where none is declared', async () => {
    answer = () => ({ status: 413 })

    expect((await errorOf(read())).remedy).toContain('`pageSize`')
  })
})

function limitedBody(): Reply {
  return { status: 200, body: { tooMany: true } }
}

it('a redirect is not followed, because the credentials would be sent there', async () => {
  const elsewhere = await startEmulator(() => ok)
  answer = () => ({ status: 302, headers: { location: `${elsewhere.url}/v1/things` } })

  expect(await errorOf(read())).toMatchObject({
    code: 'source-refused',
    message: expect.stringMatching(/answered HTTP 302\.$/) as string,
    remedy: expect.stringContaining('a redirect is not followed') as string,
  })
  expect(elsewhere.requests).toEqual([])
  await elsewhere.stop()
})
