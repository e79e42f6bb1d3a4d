import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A received request, recorded for assertions. */
export interface LoggedRequest {
  readonly method: string
  /** Path with its query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** When the body was complete, on the emulator's clock, ms since the epoch. */
  readonly at: number
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | string[]>>
  /** An object is sent as JSON. */
  readonly body?: string | Buffer | object
}

/**
 * A one-shot fault. `reply` answers instead of the handler; `cut-before` closes the connection without handling the
 * request; `cut-after` handles it and closes without an answer; `hang` never answers (`hang-after` handles it first);
 * `delay` handles it and answers late; `call` runs code of the test just before or just after it is handled.
 */
export type Fault =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'cut-before' }
  | { readonly kind: 'cut-after' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'hang-after' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'call'; readonly when: 'before' | 'after'; readonly effect: () => void }

/** Where and by which clock a server runs. */
export interface ServerOptions {
  /** ms since the epoch */
  readonly now?: () => number
  /** A port of 127.0.0.1; by default any free one. */
  readonly port?: number
}

export type Matches = (request: LoggedRequest) => boolean
export type Handler = (request: LoggedRequest) => Reply | Promise<Reply>

export interface Emulator {
  readonly url: string
  readonly requests: LoggedRequest[]
  /** Arms one fault for the next request that matches; faults fire in the order in which they were armed. */
  once(fault: Fault, matches?: Matches): void
  /** Disarms all faults that have not fired. */
  disarm(): void
  stop(): Promise<void>
}

/**
 * A real HTTP server on a loopback port, with a request log and one-shot faults. A request whose `Host` is not this
 * address gets 421 and is not logged: a page that rebinds its own DNS name to 127.0.0.1 cannot use the server.
 * @throws Error of `listen`, such as EADDRINUSE where the port is taken
 */
export async function startEmulator(
  handler: Handler,
  { now = Date.now, port = 0 }: ServerOptions = {},
): Promise<Emulator> {
  const requests: LoggedRequest[] = []
  const faults: { fault: Fault; matches: Matches }[] = []
  const sockets = new Set<Socket>()

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host = '' } = incoming.headers
    if (!isLoopback(host, server.address() as AddressInfo)) {
      const body = `This server answers to 127.0.0.1 and localhost only, not to "${host}".`
      send(response, { status: 421, body })
      return
    }
    const request: LoggedRequest = {
      method: incoming.method ?? 'GET',
      url: incoming.url ?? '/',
      headers: incoming.headers,
      body: await readBody(incoming),
      at: now(),
    }
    requests.push(request)

    const index = faults.findIndex(({ matches }) => matches(request))
    const fault = index < 0 ? undefined : faults.splice(index, 1)[0]?.fault
    if (fault?.kind === 'cut-before') incoming.socket.destroy()
    if (fault?.kind === 'cut-before' || fault?.kind === 'hang') return
    if (fault?.kind === 'call' && fault.when === 'before') fault.effect()
    const reply = fault?.kind === 'reply' ? fault.reply : await handler(request)
    if (fault?.kind === 'call' && fault.when === 'after') fault.effect()
    if (fault?.kind === 'cut-after') incoming.socket.destroy()
    if (fault?.kind === 'cut-after' || fault?.kind === 'hang-after') return
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms))
    send(response, reply)
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      send(response, { status: 500, body: `emulator: ${String(error)}` })
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    once: (fault, matches = () => true) => faults.push({ fault, matches }),
    disarm: () => void faults.splice(0),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function isLoopback(host: string, { port }: AddressInfo): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: Reply): void {
  const raw = typeof body === 'string' || Buffer.isBuffer(body)
  response.writeHead(status, raw ? headers : { 'content-type': 'application/json', ...headers })
  response.end(raw ? body : JSON.stringify(body))
}
