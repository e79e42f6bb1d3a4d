import { createServer } from 'node:http'
import { connect } from 'node:net'
import { systemClock } from '../../../src/clock'
import { createAgents } from '../../../src/http/agents'
import { createHttpClient } from '../../../src/http/node-fetch-client'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { AddressInfo } from 'node:net'

let proxy: Server
let connections: string[]
let answer: (socket: Duplex) => void
beforeEach(async () => {
  connections = []
  proxy = createServer((_request, response) => response.writeHead(500).end())
  proxy.on('connect', (request, socket) => {
    connections.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`.trim())
    answer(socket)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  proxy.closeAllConnections()
  proxy.close()
})
afterEach(() => {
  delete process.env.HTTPS_PROXY
  delete process.env.NO_PROXY
})

const proxyPort = () => (proxy.address() as AddressInfo).port
const get = (url: string, client = createHttpClient({ clock: systemClock })) =>
  client({ method: 'GET', url, timeoutMs: 5_000 }).catch((error: unknown) => error)

it.each([407, 403, 502])(
  'an answer %d of the proxy is no answer of the server: nothing was sent',
  async (status) => {
    answer = (socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
    process.env.HTTPS_PROXY = `http://user:canary-password@127.0.0.1:${proxyPort()}`

    const error = await get('https://api.example.com/v1?key=canary-key')

    expect(error).toMatchObject({ name: 'TransportError', sent: 'no', reason: 'network' })
    expect(String(error)).not.toContain('canary')
    const credentials = Buffer.from('user:canary-password').toString('base64')
    expect(connections).toEqual([`api.example.com:443 Basic ${credentials}`])
  },
)

it('https goes through a tunnel of the proxy, and TLS is with the server', async () => {
  // A server that speaks no TLS: the handshake reaches it through the tunnel, and fails there.
  const hello: Buffer[] = []
  const server = createServer()
  server.on('connection', (socket) =>
    socket.once('data', (data: Buffer) => socket.end(void hello.push(data))),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  answer = (socket) => {
    const tunnel = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      tunnel.pipe(socket).pipe(tunnel)
    })
    tunnel.on('error', () => socket.destroy())
  }
  process.env.HTTPS_PROXY = `http://127.0.0.1:${proxyPort()}`

  expect(await get('https://api.example.com/v1')).toMatchObject({ name: 'TransportError' })

  // A TLS record of the type "handshake" that names the server.
  expect(hello[0]?.[0]).toBe(0x16)
  expect(hello[0]?.toString('latin1')).toContain('api.example.com')
  server.closeAllConnections()
  server.close()
})

it('hosts of NO_PROXY and loopback hosts are reached directly', async () => {
  answer = (socket) => socket.destroy()
  const server = createServer((_request, response) => response.end('direct'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  process.env.HTTPS_PROXY = `http://127.0.0.1:${proxyPort()}`
  process.env.HTTP_PROXY = process.env.HTTPS_PROXY
  process.env.NO_PROXY = '*.example.com'
  const agentFor = createAgents()

  expect(await get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).toMatchObject({
    status: 200,
  })
  expect(await agentFor(new URL('https://api.example.com'))).toBe(await createDirect())
  expect(await agentFor(new URL('https://api.example.org'))).toBe(
    await agentFor(new URL('https://b.example.org')),
  )
  expect(connections).toEqual([])
  delete process.env.HTTP_PROXY
  server.closeAllConnections()
  server.close()

  function createDirect() {
    return agentFor(new URL('https://other.example.com'))
  }
})
