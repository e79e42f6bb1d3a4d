import { createTvm } from '../../../../src/app-builder/storage/tvm'
import { startEmulator } from '../../../../emulators/emulator'
import { virtualClock } from '../../../fixtures/virtual-clock'
import { loopbackHttp as http } from '../../../fixtures/loopback-http'
import type { Emulator, Reply } from '../../../../emulators/emulator'
import type { Tvm } from '../../../../src/app-builder/storage/tvm'
import type { VirtualClock } from '../../../fixtures/virtual-clock'

const issuedAt = Date.UTC(2026, 10, 21)
const minute = 60_000

/** Answers as the service does, one signature after the other, with an hour to live. */
function grants(): () => Reply {
  let issued = 0
  return () => {
    issued += 1
    return {
      status: 200,
      headers: { date: new Date(issuedAt).toUTCString() },
      body: {
        sasURLPrivate: `https://store.example/container-1?sig=canary%2B${issued}`,
        expiration: new Date(issuedAt + 60 * minute).toISOString(),
      },
    }
  }
}

let emulator: Emulator

beforeEach(async () => {
  emulator = await startEmulator(grants())
})
afterEach(() => emulator.stop())

function open(clock: VirtualClock = virtualClock({ leap: true })): Tvm {
  const random = () => 0.5
  return createTvm({
    url: emulator.url,
    namespace: '12345-ingest-stage',
    apiKey: 'canary:key',
    ...{ http, clock, random },
  })
}

it('the TVM client sends the same request as the official client', async () => {
  const grant = await open().grant()

  expect(grant).toEqual({ containerUrl: 'https://store.example/container-1', signature: 'sig=canary%2B1' })
  expect(emulator.requests).toMatchObject([
    {
      method: 'GET',
      url: '/azure/blob/12345-ingest-stage',
      headers: { authorization: `Basic ${btoa('canary:key')}`, 'x-api-key': 'firefly-aio-tvm' },
    },
  ])
})

it('the TVM client joins concurrent callers in one request (single-flight)', async () => {
  const tvm = open()

  const all = await Promise.all(Array.from({ length: 20 }, () => tvm.grant()))

  expect(new Set(all).size).toBe(1)
  expect(emulator.requests).toHaveLength(1)
})

it("the TVM client computes the expiry from the TVM's `Date`, not from the local clock", async () => {
  const clock = virtualClock({ start: issuedAt + 24 * 60 * minute })
  const tvm = open(clock)
  const first = await tvm.grant()

  await clock.advance(54 * minute)
  const second = await tvm.grant()
  await clock.advance(2 * minute)
  const third = await tvm.grant()

  expect(second).toBe(first)
  expect(third.signature).toBe('sig=canary%2B2')
})

it('the TVM client drops the given signature, and not a newer one', async () => {
  const tvm = open()
  const first = await tvm.grant()
  tvm.drop(first)
  const second = await tvm.grant()

  tvm.drop(first)

  expect(second).not.toBe(first)
  expect(await tvm.grant()).toBe(second)
})

it('the TVM client retries after a cut connection, a 429 and a 503', async () => {
  emulator.once({ kind: 'cut-before' })
  emulator.once({ kind: 'reply', reply: { status: 429, headers: { 'retry-after': '1' } } })
  emulator.once({ kind: 'reply', reply: { status: 503, body: '<html>' } })

  const grant = await open().grant()

  expect(grant.signature).toBe('sig=canary%2B1')
})

it.each<[string, Reply]>([
  ['a 500', { status: 500 }],
  ['a redirect', { status: 302, headers: { location: 'https://example.com' } }],
  ['a page', { status: 200, body: '<html>Sign in</html>' }],
  ['a grant without a container', { status: 200, body: { expiration: new Date(issuedAt).toISOString() } }],
  ['a grant without an end', { status: 200, body: { sasURLPrivate: 'https://store.example/c?sig=1' } }],
])('the TVM client throws store-unreachable at %s', async (_, reply) => {
  for (let tries = 0; tries < 4; tries += 1) emulator.once({ kind: 'reply', reply })

  await expect(open().grant()).rejects.toMatchObject({ code: 'store-unreachable' })
})

it.each([400, 401, 403, 404])('the TVM client throws store-refused with a remedy at a %d', async (status) => {
  emulator.once({ kind: 'reply', reply: { status } })

  await expect(open().grant()).rejects.toMatchObject({
    code: 'store-refused',
    message: expect.stringContaining(`answered HTTP ${status}`) as string,
    remedy: expect.stringContaining('provide-api-key') as string,
  })
})

it('the TVM client sends a new request after a failure', async () => {
  emulator.once({ kind: 'reply', reply: { status: 401 } })
  const tvm = open()
  await tvm.grant().catch(() => undefined)

  await expect(tvm.grant()).resolves.toMatchObject({ signature: 'sig=canary%2B1' })
})
