import { createServer } from 'node:http'
import { systemClock } from '../../../src/clock'
import { assertReachable, guardedLookup, reachOf } from '../../../src/http/address-guard'
import { createHttpClient } from '../../../src/http/node-fetch-client'
import { createHttpDownload } from '../../../src/http/node-fetch-download'
import { errorThrownBy } from '../../fixtures/error-of'
import type { LookupAddress } from 'node:dns'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Reach, Resolve } from '../../../src/http/address-guard'

const privateAddresses = [
  ...['0.0.0.0', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.9.9.9'],
  ...['169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.1', '192.0.2.1', '192.168.1.1'],
  ...['198.18.0.1', '198.51.100.7', '203.0.113.9', '224.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::7f00:1', '64:ff9b::a00:1', '100::1', '2001::1'],
  ...['2001:db8::1', '2002:7f00:1::', '3fff::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0'],
  ...['fec0::1', 'ff02::1'],
]
const publicAddresses = [
  ...['8.8.8.8', '9.255.255.255', '11.0.0.1', '100.63.255.255', '100.128.0.1', '126.255.255.255'],
  ...['128.0.0.1', '169.253.255.255', '169.255.0.1', '172.15.255.255', '172.32.0.1', '192.167.1.1'],
  ...['198.17.1.1', '198.20.0.1', '223.255.255.255', '2001:4860:4860::8888', '2606:4700::1111'],
]

/** The answer of the guarded lookup, for a name with these addresses. */
function lookedUp(addresses: readonly string[], reach: Reach = 'public', all = true): unknown {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const resolve: Resolve = (_host, _options, done) => done(null, found)
  let answer: unknown
  guardedLookup(reach, resolve)('files.example', { all }, (error, address, family) => {
    answer = error ? error.code : [address, family]
  })
  return answer
}

const urlOf = (address: string) => new URL(`https://${address.includes(':') ? `[${address}]` : address}/`)

it.each(privateAddresses)(
  'the address %s is refused, as the address of a name and as an IP address',
  (address) => {
    expect(lookedUp([address])).toBe('EADDRESSREFUSED')
    if (address.includes('%')) return
    expect(errorThrownBy(() => assertReachable(urlOf(address), 'public'))).toMatchObject({
      code: 'EADDRESSREFUSED',
    })
  },
)

it.each(publicAddresses)('the address %s is allowed', (address) => {
  const found = { address, family: address.includes(':') ? 6 : 4 }
  expect(lookedUp([address])).toEqual([[found], undefined])
  expect(lookedUp([address], 'public', false)).toEqual([found.address, found.family])
  expect(() => assertReachable(urlOf(address), 'public')).not.toThrow()
})

it('a name is refused where one of several addresses is private, and where it has none', () => {
  expect(lookedUp(['8.8.8.8', '10.0.0.1'])).toBe('EADDRESSREFUSED')
  expect(lookedUp([])).toBe('EADDRESSREFUSED')
})

it('loopback is reached from loopback only, and other private addresses are not', () => {
  expect(lookedUp(['127.0.0.1', '::1'], 'public-or-loopback')).toHaveLength(2)
  expect(lookedUp(['169.254.169.254'], 'public-or-loopback')).toBe('EADDRESSREFUSED')
})

it.each(['https://2130706433/', 'https://0x7f.1/', 'https://0177.0.0.1/', 'https://[::ffff:7f00:1]/'])(
  '%s is the address that it stands for',
  (url) => {
    expect(() => assertReachable(new URL(url), 'public')).toThrow('the address is private')
  },
)

it.each([
  ['https://api.example.com/file', 'https://api.example.com/v1', undefined],
  ['https://api.example.com:8443/file', 'https://api.example.com/v1', 'public'],
  ['https://10.0.0.1/file', 'https://10.0.0.1/v1', undefined],
  ['https://10.0.0.2/file', 'https://10.0.0.1/v1', 'public'],
  ['http://127.0.0.1:2/file', 'http://127.0.0.1:1/v1', 'public-or-loopback'],
  ['http://127.0.0.1:2/file', 'http://localhost:1/v1', 'public-or-loopback'],
  ['http://127.0.0.1:2/file', 'http://[::1]:1/v1', 'public-or-loopback'],
  ['http://127.0.0.1:2/file', 'https://localhost.example.com/v1', 'public'],
])('%s has, from %s, the reach %s', (url, declared, reach) => {
  expect(reachOf(url, declared)).toBe(reach)
})

describe('a connection', () => {
  let server: Server
  let connections: number
  beforeEach(async () => {
    connections = 0
    server = createServer((_request, response) => response.end('taken'))
    server.on('connection', () => (connections += 1))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  const port = () => (server.address() as AddressInfo).port
  /** A public name that has the address of the server by the time of the connection. */
  function rebinding(): Resolve {
    const answers: LookupAddress[] = [{ address: '127.0.0.1', family: 4 }]
    return (_host, _options, done) => done(null, answers)
  }
  const clients = {
    client: (reach?: Reach) => {
      const send = createHttpClient({ clock: systemClock, proxyFor: () => '', resolve: rebinding() })
      return (url: string) => send({ method: 'GET', url, timeoutMs: 5_000, ...(reach ? { reach } : {}) })
    },
    download: (reach?: Reach) => {
      const open = createHttpDownload({ clock: systemClock, proxyFor: () => '', resolve: rebinding() })
      return async (url: string) => {
        const answer = await open({ method: 'GET', url, idleMs: 5_000, ...(reach ? { reach } : {}) })
        answer.discard()
        return answer
      }
    },
  }
  const refused = {
    name: 'JobError',
    code: 'source-malformed',
    message: expect.stringContaining('is at a private address') as string,
  }

  describe.each(['client', 'download'] as const)('of the %s', (kind) => {
    it('is not opened to a name whose address is private when the socket connects', async () => {
      const request = clients[kind]('public')(`https://files.example:${port()}/?key=canary`)

      await expect(request).rejects.toMatchObject(refused)
      await expect(request).rejects.not.toThrow('canary')
      expect(connections).toBe(0)
    })

    it('is opened to that address where loopback is allowed: the check decides, not the network', async () => {
      // The server speaks no TLS, so that the handshake fails behind the connection.
      await expect(
        clients[kind]('public-or-loopback')(`https://files.example:${port()}/`),
      ).rejects.toMatchObject({ name: 'TransportError' })
      expect(connections).toBe(1)
    })

    it('is not opened to a private IP address', async () => {
      await expect(clients[kind]('public')(`http://127.0.0.1:${port()}/`)).rejects.toMatchObject(refused)
      expect(connections).toBe(0)
    })

    it('is opened to every address where the URL was declared', async () => {
      expect(await clients[kind]()(`http://127.0.0.1:${port()}/`)).toMatchObject({ status: 200 })
    })
  })

  it('to a private IP address is refused before a proxy is asked; names are left to the proxy', async () => {
    const send = createHttpClient({
      clock: systemClock,
      proxyFor: () => `http://127.0.0.1:${port()}`,
      resolve: (_host, _options, done) => done(null, []),
    })
    const get = (url: string) => send({ method: 'GET', url, timeoutMs: 5_000, reach: 'public' })

    await expect(get('https://169.254.169.254/latest')).rejects.toMatchObject(refused)
    expect(connections).toBe(0)
    await expect(get('https://files.example/')).rejects.toMatchObject({ name: 'TransportError' })
    expect(connections).toBe(1)
  })
})
