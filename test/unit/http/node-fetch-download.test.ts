import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { systemClock } from '../../../src/clock'
import { createHttpDownload } from '../../../src/http/node-fetch-download'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../../src/clock'

let server: Server
let url: string
let answer: (request: IncomingMessage, response: ServerResponse) => void
/** Resolves when the server sees the connection of its answer end early. */
let cut: Promise<void>

beforeEach(async () => {
  server = createServer((request, response) => {
    cut = new Promise((resolve) => response.once('close', () => resolve()))
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file?key=hidden`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** Its time passes when the test says so. */
function manualClock(): Clock & { readonly pass: () => void } {
  const waiting = new Set<() => void>()
  return {
    ...systemClock,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        waiting.add(resolve)
        signal?.addEventListener('abort', () => {
          waiting.delete(resolve)
          reject(new Error('aborted'))
        })
      }),
    pass: () => waiting.forEach((resolve) => resolve()),
  }
}

const request = (clock: Clock = systemClock, raw = false) =>
  createHttpDownload({ clock })({ method: 'GET', url, idleMs: 60_000, raw })

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

it('gives status, headers and the body as it comes', async () => {
  answer = (_, response) => response.writeHead(206, { 'X-Kind': 'part' }).end('content')

  const { status, headers, body } = await request()

  expect([status, headers['x-kind'], await textOf(body)]).toEqual([206, 'part', 'content'])
})

it('undoes a content encoding, unless the bytes are wanted as they are stored', async () => {
  const packed = gzipSync('content')
  const asked: unknown[] = []
  answer = ({ headers }, response) => {
    asked.push(headers['accept-encoding'])
    response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(packed)
  }

  expect(await textOf((await request()).body)).toBe('content')
  const stored: Uint8Array[] = []
  for await (const chunk of (await request(systemClock, true)).body) stored.push(chunk)

  expect(Buffer.concat(stored)).toEqual(packed)
  expect(asked[1]).toBe('identity')
})

it('a body that breaks off is an error, and names no query', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'Content-Length': '100' }).write('half')
    response.once('drain', () => undefined)
    setImmediate(() => response.destroy())
  }
  const { body } = await request()

  const error = await textOf(body).catch((thrown: unknown) => thrown as Error)

  expect(error).toMatchObject({ name: 'TransportError', sent: 'perhaps', reason: 'network' })
  expect((error as Error).message).not.toContain('hidden')
})

it('a body that stalls ends with an error after the idle time', async () => {
  answer = (_, response) => response.writeHead(200).write('half')
  const clock = manualClock()
  const { body } = await request(clock)
  const pieces = body[Symbol.asyncIterator]()
  await pieces.next()

  const next = pieces.next()
  clock.pass()

  await expect(next).rejects.toMatchObject({ reason: 'timeout' })
})

it('an answer without a head ends with an error after the idle time', async () => {
  const arrived = new Promise<void>((resolve) => {
    answer = () => resolve()
  })
  const clock = manualClock()
  const asked = request(clock)
  await arrived
  clock.pass()

  await expect(asked).rejects.toMatchObject({ reason: 'timeout' })
})

it.each([
  [
    'discarded',
    (response: Awaited<ReturnType<typeof request>>) => {
      response.discard()
      return Promise.resolve()
    },
  ],
  [
    'left early',
    async ({ body }: Awaited<ReturnType<typeof request>>) => {
      for await (const chunk of body) if (chunk.length > 0) break
    },
  ],
])('an answer that is %s frees its connection', async (_, leave) => {
  answer = (_request, response) => {
    const write = () => {
      while (response.write(Buffer.alloc(65_536)));
    }
    response.on('drain', write)
    write()
  }
  await leave(await request())

  await cut
})
