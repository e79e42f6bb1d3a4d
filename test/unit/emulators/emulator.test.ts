import { request } from 'node:http'
import { startEmulator } from '../../../emulators/emulator'
import type { Emulator } from '../../../emulators/emulator'

let emulator: Emulator
beforeEach(async () => {
  emulator = await startEmulator(() => ({ status: 200, body: { handled: true } }))
})
afterEach(() => emulator.stop())

/** Status of a request whose `Host` is chosen; `fetch` does not allow that. */
function statusWithHost(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(emulator.url, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

const port = () => new URL(emulator.url).port

it.each([
  ['127.0.0.1', 200],
  ['localhost', 200],
  ['rebound.example', 421],
  ['127.0.0.1.rebound.example', 421],
])('answers a request for the host %s with %d', async (host, status) => {
  expect(await statusWithHost(`${host}:${port()}`)).toBe(status)
})

it('neither handles nor logs a request for another host or port', async () => {
  await statusWithHost('rebound.example')
  await statusWithHost('127.0.0.1:1')

  expect(emulator.requests).toEqual([])
})

it('applies faults in the order in which they were armed, each once', async () => {
  emulator.once({ kind: 'reply', reply: { status: 503 } })
  emulator.once({ kind: 'reply', reply: { status: 429 } })

  const statuses = []
  for (let count = 0; count < 3; count += 1) statuses.push((await fetch(emulator.url)).status)

  expect(statuses).toEqual([503, 429, 200])
})

it('handles a request whose answer is cut, and does not handle one that is cut before', async () => {
  let handled = 0
  const counting = await startEmulator(() => {
    handled += 1
    return { status: 200 }
  })
  counting.once({ kind: 'cut-after' })
  counting.once({ kind: 'cut-before' })

  await expect(fetch(counting.url)).rejects.toThrow()
  await expect(fetch(counting.url)).rejects.toThrow()
  await counting.stop()

  expect(handled).toBe(1)
})

it('a server on a port that is taken fails to start and names the port', async () => {
  const taken = Number(port())

  await expect(startEmulator(() => ({ status: 200 }), { port: taken })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port: taken,
  })
})
