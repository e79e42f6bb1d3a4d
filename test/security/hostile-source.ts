import { createServer } from 'node:http'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One flight, as the job wants it. */
const flight = (minute: number, changed: object = {}) => ({
  date: `2001/01/02 ${pad(Math.floor(minute / 60) % 24)}:${pad(minute % 60)}`,
  delay: 1,
  distance: 2,
  origin: 'AAA',
  destination: 'BBB',
  ...changed,
})

function pad(number: number): string {
  return String(number).padStart(2, '0')
}

type Answer = (response: ServerResponse, query: URLSearchParams) => void

const json =
  (body: unknown, headers: Record<string, string> = {}, status = 200): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
  }

/** Made when it is first asked for: some are large. */
const lazily = (make: () => Buffer | string, headers: Record<string, string> = {}): Answer => {
  let made: Buffer | string | undefined
  return (response, query) => json((made ??= make()), headers)(response, query)
}

/** Writes `piece` for as long as somebody reads. */
const endlessly =
  (head: string, piece: string | Buffer): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(head)
    const fill = () => {
      while (!response.destroyed && response.write(piece));
    }
    response.on('drain', fill)
    fill()
  }

const nothing = { data: [], next_token: null }
const countUp = (query: URLSearchParams) => String(Number(query.get('page_token') ?? 0) + 1)

/** What a hostile or broken source answers to a request for a page, by name. */
export const hostilePages = {
  'drips a byte a second': (response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write(' '), 1_000)
    response.on('close', () => clearInterval(timer))
  },
  'never answers': () => undefined,
  'sends a body without end': endlessly('{"data":[', ' '.repeat(65_536)),
  'sends records without end': endlessly('{"data":[', `${JSON.stringify(flight(0))},`.repeat(500)),
  'sends a brotli bomb': lazily(
    () =>
      brotliCompressSync(Buffer.alloc(64 << 20, ' '), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    { 'content-encoding': 'br' },
  ),
  'sends a gzip bomb': lazily(() => gzipSync(Buffer.alloc(64 << 20, ' ')), { 'content-encoding': 'gzip' }),
  'sends a page of a million honest records': lazily(() =>
    JSON.stringify({ data: Array.from({ length: 1_000_000 }, (_, id) => ({ id })) }),
  ),
  'sends 15 MB of empty objects': lazily(() => `{"data":[${'{},'.repeat(5_000_000)}{}]}`),
  'sends objects with a key of their own each': lazily(() =>
    JSON.stringify({ data: Array.from({ length: 400_000 }, (_, id) => ({ [`key-${id}`]: 1 })) }),
  ),
  'sends 15 MB of one text': lazily(() =>
    JSON.stringify({ data: [flight(0, { origin: 'x'.repeat(15 << 20) })] }),
  ),
  'nests a record a million levels deep': lazily(
    () => `{"data":[{"date":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}]}`,
  ),
  'nests a page ten thousand levels deep': lazily(
    () => `${'{"data":'.repeat(10_000)}[]${'}'.repeat(10_000)}`,
  ),
  'cuts its JSON': json('{"data":[{"date":'),
  'sends HTML': json('<html>maintenance</html>', { 'content-type': 'text/html' }),
  'sends what is not UTF-8': json(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  'sends a list where an object belongs': json([1, 2, 3]),
  'sends null': json('null'),
  'sends records that are no objects': json({ data: [null, 1, 'x', [], true], next_token: null }),
  'sends records with keys of Object': json(
    '{"data":[{"__proto__":{"polluted":1},"constructor":1,"toString":2}],"next_token":null}',
  ),
  'sends times in the far future': json({
    data: [flight(0, { date: '9999/12/31 23:59' })],
    next_token: null,
  }),
  'sends numbers beyond all bounds': json(
    '{"data":[{"date":"2001/01/02 00:00","delay":1e999,"distance":-1e308,"origin":"A","destination":"B"}]}',
  ),
  'sends the same page token for ever': json({ data: [flight(0)], next_token: 'again' }),
  'sends page tokens in a circle of three': (response, query) =>
    json({ data: [], next_token: String((Number(query.get('page_token') ?? 0) + 1) % 3) })(response, query),
  'sends empty pages without end': (response, query) =>
    json({ data: [], next_token: countUp(query) })(response, query),
  'sends page tokens of a megabyte': (response, query) =>
    json({ data: [], next_token: `${'t'.repeat(1 << 20)}${countUp(query)}` })(response, query),
  'sends a page token that is an object': json({ data: [], next_token: { a: 1 } }),
  'promises fewer bytes than it sends': (response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n{"data":[],"next_token":null}')
  },
  'promises more bytes than it sends': (response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"data":[]')
  },
  'promises an encoding that it does not use': json(nothing, { 'content-encoding': 'gzip' }),
  'sends a header of a megabyte': (response) => {
    response.socket?.end(`HTTP/1.1 200 OK\r\nx-large: ${'h'.repeat(1 << 20)}\r\n\r\n{}`)
  },
  'sends what is no HTTP': (response) => {
    response.socket?.end('220 mail.example ESMTP\r\n')
  },
  'redirects to the metadata service': json('', { location: 'http://169.254.169.254/latest/meta-data' }, 302),
  'redirects to itself': json('', { location: '/v1/flights' }, 307),
  'asks to come back in a thousand years': json({}, { 'retry-after': '31536000000' }, 429),
  'sends an error body without end': (response) => {
    response.writeHead(500)
    const fill = () => {
      while (!response.destroyed && response.write(' '.repeat(65_536)));
    }
    response.on('drain', fill)
    fill()
  },
  'repeats what it was sent': (response, query) =>
    json(
      { error: query.toString() },
      { 'x-echo': String(response.req.headers.authorization) },
      400,
    )(response, query),
} satisfies Record<string, Answer>

export type HostilePage = keyof typeof hostilePages

/** What an honest source has: so many flights, of which the first `before` came before the hostility. */
export interface HostileSource {
  readonly url: string
  /** How pages are answered; null is honest. */
  page: HostilePage | null
  /** How the token endpoint answers; null is honest. */
  token: HostilePage | null
  /** Flights that an honest page holds. */
  flights: number
  stop(): Promise<void>
}

const pages: Readonly<Record<HostilePage, Answer>> = hostilePages

/** A partner's API that turns on its client, with an authorization server of the same kind. */
export async function startHostileSource(): Promise<HostileSource> {
  const source = { page: null as HostilePage | null, token: null as HostilePage | null, flights: 0 }

  function answer({ url = '/' }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, 'http://source')
    const isToken = pathname.endsWith('/oauth/token')
    const hostile = isToken ? source.token : source.page
    if (hostile !== null) pages[hostile](response, searchParams)
    else if (isToken)
      json({ access_token: `canary-hostile-token-${source.flights}`, expires_in: 3600 })(
        response,
        searchParams,
      )
    else json({ data: honest(searchParams.get('since') ?? ''), next_token: null })(response, searchParams)
  }

  function honest(since: string): object[] {
    return Array.from({ length: source.flights }, (_, minute) => flight(minute)).filter(
      ({ date }) => date >= since,
    )
  }

  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => answer(request, response))
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(source, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}
