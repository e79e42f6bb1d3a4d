import { createHttpClient } from '../../src/http/node-fetch-client'
import { systemClock } from '../../src/clock'
import { errorOf } from '../fixtures/error-of'
import { virtualClock } from '../fixtures/virtual-clock'
import { loopbackHttp } from '../fixtures/loopback-http'
import type { Emulator } from '../../emulators/emulator'
import type { AuthorityContext } from '../../src/auth/authority'
import type { TokenProvider } from '../../src/auth/token-provider'

export interface ProviderUnderTest {
  /** The server that mints. */
  readonly authority: Emulator
  /** A provider with a good credential, whose secrets contain "canary". */
  readonly provider: (context: AuthorityContext) => TokenProvider
  /** The same with a credential that the server refuses. */
  readonly refused: (context: AuthorityContext) => TokenProvider
  readonly stop: () => Promise<void>
}

/** What every provider owes to those who call it. */
export function describeTokenProvider(name: string, start: () => Promise<ProviderUnderTest>): void {
  describe(name, () => {
    let subject: ProviderUnderTest
    beforeEach(async () => {
      subject = await start()
    })
    afterEach(() => subject.stop())

    const real: AuthorityContext = {
      http: loopbackHttp,
      clock: systemClock,
      random: () => 0,
    }
    const busy = { kind: 'reply', reply: { status: 503, body: '<html>busy' } } as const

    it('returns a token that is valid for more than a minute', async () => {
      const token = await subject.provider(real)()

      expect(token.value.length).toBeGreaterThan(10)
      expect(token.expiresAt).toBeGreaterThan(Date.now() + 60_000)
    })

    it('sends urlencoded POST requests without a query', async () => {
      await subject.provider(real)()

      for (const { method, url, headers } of subject.authority.requests) {
        expect([method, headers['content-type']]).toEqual(['POST', 'application/x-www-form-urlencoded'])
        expect(url).not.toContain('?')
      }
    })

    it('retries after a 503', async () => {
      subject.authority.once(busy)

      await expect(subject.provider(real)()).resolves.toBeDefined()
      expect(subject.authority.requests).toHaveLength(2)
    })

    it.each([
      ['answers 503 each time', busy, 3],
      ['cuts the connection', { kind: 'cut-before' }, 3],
      ['answers with HTML', { kind: 'reply', reply: { status: 200, body: '<html>' } }, 1],
      [
        'answers without a token',
        { kind: 'reply', reply: { status: 200, body: { token_type: 'bearer' } } },
        1,
      ],
      [
        'sends a Retry-After beyond the budget',
        { kind: 'reply', reply: { status: 429, headers: { 'retry-after': '3600' } } },
        1,
      ],
    ] as const)(
      'reports an outage, to be retried by a later run, if the server %s',
      async (_what, fault, tries) => {
        for (let count = 0; count < 3; count += 1) subject.authority.once(fault)

        const error = await errorOf(subject.provider(real)())

        expect(error).toMatchObject({ code: 'token-unavailable' })
        expect(error.remedy).not.toBe('')
        expect(subject.authority.requests).toHaveLength(tries)
      },
    )

    it('gives up on a server that never answers after 10 s', async () => {
      for (let count = 0; count < 3; count += 1) subject.authority.once({ kind: 'hang' })
      const clock = virtualClock()
      const mint = errorOf(
        subject.provider({ http: createHttpClient({ clock }), clock, random: () => 0.5 })(),
      )
      const state = { ended: false }
      void mint.then(() => (state.ended = true))
      while (!state.ended) await clock.advance(clock.nextWake() ?? 1)

      expect(await mint).toMatchObject({ code: 'token-unavailable' })
      expect(clock.monotonic()).toBeLessThanOrEqual(15_000)
    })

    it('reports a refusal with a remedy, without secrets and without a retry', async () => {
      const error = await errorOf(subject.refused(real)())

      expect(error).toMatchObject({ code: 'token-refused' })
      expect(error.remedy).not.toBe('')
      expect(JSON.stringify([error, error.message, error.remedy, error.stack])).not.toContain('canary')
      expect(subject.authority.requests).toHaveLength(1)
    })
  })
}
