import { createServer } from 'node:http'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { systemClock } from '../../../src/clock'
import { decisionMaxBytes, defaultMaxBytes } from '../../../src/http/http-client'
import { createHttpClient } from '../../../src/http/node-fetch-client'
import { withRetries } from '../../../src/http/retry-policy'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const http = createHttpClient({ clock: systemClock })

let server: Server
let asked = 0
let answer: RequestListener
beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
beforeEach(() => {
  asked = 0
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const urlOf = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/page?token=canary`
const get = (maxBytes?: number) =>
  http({ method: 'GET', url: urlOf(), timeoutMs: 30_000, ...(maxBytes === undefined ? {} : { maxBytes }) })

const zeros = Buffer.alloc(defaultMaxBytes + 1)
const quickBrotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }

it.each([
  ['br', brotliCompressSync(zeros, quickBrotli)],
  ['gzip', gzipSync(zeros, { level: 9 })],
])('the HTTP client stops a %s bomb after 16 MB of decompressed body', async (encoding, bomb) => {
  expect(bomb.length).toBeLessThan(40_000)
  answer = (_request, response) => {
    response.writeHead(200, { 'content-encoding': encoding })
    response.end(bomb)
  }

  await expect(get()).rejects.toMatchObject({
    name: 'TransportError',
    reason: 'too-large',
    sent: 'perhaps',
    message: expect.stringMatching(
      /^GET http:\/\/127.0.0.1:\d+\/page had an answer of more than 16777216 bytes/,
    ) as string,
  })
})

it('the HTTP client closes the connection of an answer that never ends', async () => {
  const closed = new Promise<void>((resolve) => {
    answer = (_request, response) => {
      const chunk = Buffer.alloc(64 * 1024)
      const fill = () => {
        while (!response.destroyed && response.write(chunk));
      }
      response.on('drain', fill).on('close', resolve)
      response.writeHead(200)
      fill()
    }
  })

  await expect(get(1_000_000)).rejects.toMatchObject({ reason: 'too-large' })
  await closed
})

it('the HTTP client limits the body of an error like any other', async () => {
  answer = (_request, response) => {
    response.writeHead(500)
    response.end(Buffer.alloc(1_001))
  }

  await expect(get(1_000)).rejects.toMatchObject({ reason: 'too-large' })
})

it('the HTTP client accepts a body of exactly the limit', async () => {
  answer = (_request, response) => {
    response.writeHead(200)
    response.end(Buffer.alloc(decisionMaxBytes))
  }

  expect((await get(decisionMaxBytes)).body).toHaveLength(decisionMaxBytes)
})

it('an answer that is too large is not fetched again', async () => {
  answer = (_request, response) => {
    response.writeHead(200)
    response.end(Buffer.alloc(1_001))
  }
  const patient = withRetries(http, { clock: systemClock, random: () => 0, tries: 4, budgetMs: 30_000 })

  await expect(
    patient({ method: 'GET', url: urlOf(), timeoutMs: 30_000, maxBytes: 1_000 }),
  ).rejects.toMatchObject({
    reason: 'too-large',
  })
  expect(asked).toBe(1)
})
