import { startEmulator } from '../../../emulators/emulator'
import { createHttpClient } from '../../../src/http/node-fetch-client'
import { TransportError } from '../../../src/http/http-client'
import { retryAfterMs } from '../../../src/http/retry-after'
import { withRetries } from '../../../src/http/retry-policy'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { Emulator, Reply } from '../../../emulators/emulator'
import type { HttpClient } from '../../../src/http/http-client'

const now = Date.UTC(2026, 10, 21)

describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    [new Date(now + 5_000).toUTCString(), 5_000],
    [new Date(now - 5_000).toUTCString(), 0],
    ['soon', null],
    [undefined, null],
  ])('%s asks to wait %s ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })
})

describe('the HTTP client', () => {
  let server: Emulator
  let reply: Reply = { status: 200 }
  beforeEach(async () => {
    server = await startEmulator(() => reply)
  })
  afterEach(() => server.stop())

  const systemClient = () =>
    createHttpClient({ clock: { ...virtualClock(), sleep: () => new Promise(() => undefined) } })
  const get = (http: HttpClient, url = server.url) => http({ method: 'GET', url, timeoutMs: 1_000 })

  it('returns status, headers and body, and follows no redirect', async () => {
    reply = { status: 302, headers: { location: 'https://example.com', 'x-debug-id': 'abc' }, body: 'moved' }

    const response = await get(systemClient())

    expect(response).toMatchObject({ status: 302, headers: { 'x-debug-id': 'abc' } })
    expect(response.body.toString()).toBe('moved')
  })

  it.each(['http://user@127.0.0.1:9/', 'http://user:canary-password@127.0.0.1:9/'])(
    'sends no credentials that stand in a URL: %s',
    async (url) => {
      const error = await get(systemClient(), url).catch((thrown: unknown) => thrown)

      expect(error).toMatchObject({ code: 'input-invalid' })
      expect(String(error)).not.toContain('canary')
    },
  )

  it('reports that no byte was sent where the connection is refused', async () => {
    const error = await get(systemClient(), 'http://127.0.0.1:9/path?secret=canary').catch(
      (thrown: unknown) => thrown,
    )

    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({ sent: 'no', reason: 'network' })
    expect((error as Error).message).toContain('http://127.0.0.1:9/path')
    expect((error as Error).message).not.toContain('canary')
  })

  it('reports that a request whose connection was cut may have arrived', async () => {
    server.once({ kind: 'cut-before' })

    await expect(get(systemClient())).rejects.toMatchObject({ sent: 'perhaps', reason: 'network' })
  })

  it('gives up after its time limit', async () => {
    const clock = virtualClock()
    server.once({ kind: 'hang' })
    const answer = get(createHttpClient({ clock })).catch((thrown: unknown) => thrown)
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve))

    await clock.advance(1_000)

    expect(await answer).toMatchObject({ sent: 'perhaps', reason: 'timeout' })
  })

  it('refuses plain http beyond this machine', async () => {
    await expect(get(systemClient(), 'http://example.com')).rejects.toMatchObject({ code: 'input-invalid' })
  })
})

describe('retries', () => {
  function scripted(...outcomes: (number | TransportError)[]) {
    const calls: number[] = []
    const http: HttpClient = () => {
      const outcome = outcomes[calls.length] ?? 200
      calls.push(calls.length)
      if (outcome instanceof TransportError) return Promise.reject(outcome)
      return Promise.resolve({
        status: outcome,
        headers: outcome === 429 ? { 'retry-after': '7' } : {},
        body: Buffer.from(''),
      })
    }
    return { http, calls }
  }
  const request = { method: 'GET', url: 'https://example.com', timeoutMs: 1_000 } as const
  const lost = new TransportError('GET failed', 'perhaps', 'network')

  it.each([
    ['503 then 200', [503, 200], 200, 2],
    ['a lost connection then 200', [lost, 200], 200, 2],
    ['408 then 200', [408, 200], 200, 2],
    ['a 400, which stays', [400, 200], 400, 1],
    ['a 404, which stays', [404], 404, 1],
    ['503 for ever', [503, 503, 503, 503], 503, 3],
  ])('%s', async (_what, outcomes, status, tries) => {
    const { http, calls } = scripted(...outcomes)
    const clock = virtualClock({ leap: true })
    const send = withRetries(http, { clock, random: () => 0.5, tries: 3, budgetMs: 60_000 })

    expect((await send(request)).status).toBe(status)
    expect(calls).toHaveLength(tries)
  })

  it('waits as long as Retry-After says', async () => {
    const { http } = scripted(429, 200)
    const clock = virtualClock({ leap: true })

    await withRetries(http, { clock, random: () => 1, tries: 3, budgetMs: 60_000 })(request)

    expect(clock.monotonic()).toBe(7_000)
  })

  it('ends before a wait that exceeds the budget', async () => {
    const { http, calls } = scripted(429, 200)
    const clock = virtualClock({ leap: true })

    const response = await withRetries(http, { clock, random: () => 1, tries: 3, budgetMs: 5_000 })(request)

    expect(response.status).toBe(429)
    expect(calls).toHaveLength(1)
    expect(clock.monotonic()).toBe(0)
  })
})
