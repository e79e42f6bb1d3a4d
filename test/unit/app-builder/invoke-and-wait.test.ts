import { startEmulator } from '../../../emulators/emulator'
import { invokeAndWait } from '../../../src/app-builder/invoke-and-wait'
import { errorOf } from '../../fixtures/error-of'
import { loopbackHttp as http } from '../../fixtures/loopback-http'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { Emulator, Reply } from '../../../emulators/emulator'

const accepted: Reply = { status: 202, body: { activationId: 'a1' } }
const pending: Reply = { status: 404, body: { error: 'The requested resource does not exist.' } }
const down: Reply = { status: 503, body: '<html>unavailable</html>' }
const ended: Reply = { status: 200, body: { response: { result: { outcome: 'succeeded' } } } }

let server: Emulator
afterEach(() => server.stop())

/** A platform that answers an invocation first, and then each request for its record by its number. */
async function platform(first: Reply, record: (number: number) => Reply) {
  server = await startEmulator(({ method }) => (method === 'POST' ? first : record(polls())))
}

const polls = () => server.requests.filter(({ method }) => method === 'GET').length

function invoke() {
  const options = { http, clock: virtualClock({ leap: true }), random: () => 0.5, patienceMs: 3_600_000 }
  const namespace = { apiHost: server.url, name: 'ns', packageName: 'analytics-ingest', auth: 'uuid:key' }
  return invokeAndWait(options, namespace, 'run-job', { job: 'orders' })
}

const isPoll = ({ method }: { readonly method: string }) => method === 'GET'

it('waits on where the connection is cut once while the run is under way', async () => {
  await platform(accepted, (number) => (number < 4 ? pending : ended))
  server.once({ kind: 'cut-before' }, isPoll)

  expect(await invoke()).toEqual({ kind: 'ended', result: { outcome: 'succeeded' } })
})

it('waits on where the record could not be read for less than a minute, again and again', async () => {
  await platform(accepted, (number) => (number === 200 ? ended : number % 20 === 0 ? pending : down))

  expect(await invoke()).toEqual({ kind: 'ended', result: { outcome: 'succeeded' } })
})

it('ends after a minute without a readable record, and says that the run was started', async () => {
  await platform(accepted, () => down)

  expect(await invoke()).toEqual({
    kind: 'unknown',
    message: 'Activation a1 was started, and its record cannot be read: HTTP 503.',
  })
  expect(polls()).toBe(31)
})

it.each<[string, Reply]>([
  ['a gateway that gave up', { status: 504, body: '<html>Gateway Time-out</html>' }],
  ['the page of a proxy', { status: 200, body: '<html>Please log in</html>' }],
  ['a truncated answer', { status: 200, body: '{"activationId":"a1","response":{"res' }],
  ['an empty answer', { status: 202 }],
])('does not say that nothing was started after %s', async (_what, answer) => {
  await platform(answer, () => ended)

  expect(await invoke()).toMatchObject({
    kind: 'unknown',
    message: expect.stringContaining('may have been') as string,
  })
})

it('does not say that nothing was started where the answer was lost', async () => {
  await platform(accepted, () => ended)
  server.once({ kind: 'cut-after' }, ({ method }) => method === 'POST')

  expect(await invoke()).toMatchObject({ kind: 'unknown' })
  expect(polls()).toBe(0)
})

it('fails where the request was not sent', async () => {
  await platform(accepted, () => ended)
  await server.stop()

  expect((await errorOf(invoke())).message).toMatch(/^run-job could not be invoked: /)
})

it('asks for a record of the activation: without one, the end of a run of more than a minute could not be known', async () => {
  await platform(accepted, () => ended)
  await invoke()

  expect(server.requests[0]).toMatchObject({ method: 'POST', headers: { 'x-ow-extra-logging': 'on' } })
})
