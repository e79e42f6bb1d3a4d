import { createServer } from 'node:http'
import { filePart } from '../../emulators/analytics/multipart'
import { startFiles } from '../../emulators/app-builder/files'
import { startTvm } from '../../emulators/app-builder/tvm'
import { pageBody } from './pages'
import { createTally } from './tally'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FilesEmulator } from '../../emulators/app-builder/files'

/** What the server says when it is ready. */
export interface ServerUrls {
  readonly url: string
  readonly tvmUrl: string
}

/** A collected file as it came; it is taken apart only when somebody asks what was in it. */
interface Upload {
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

interface Answer {
  readonly status: number
  readonly body: Buffer | string
}

const json = (body: object, status = 200): Answer => ({ status, body: JSON.stringify(body) })

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Source and sink of every subject, in a process of its own so that its CPU time counts for none. */
function createHandler(files: FilesEmulator): (request: IncomingMessage) => Promise<Answer> {
  const tally = createTally(files)
  let uploads: Upload[] = []

  /** Accepts a file unread: that it holds what it should is found out when no clock runs. */
  async function collect(request: IncomingMessage): Promise<Answer> {
    uploads.push({ headers: request.headers, body: await bodyOf(request) })
    const rows = Number(request.headers['x-bench-rows'] ?? 0)
    return json({ status_code: 'UPLOADED', rows, invalid_rows: 0, processing_log: '' })
  }

  function fileOf(index: number): Buffer {
    const upload = uploads[index]
    const file = upload && filePart({ method: 'POST', url: '', ...upload, at: 0 })
    return file ?? Buffer.alloc(0)
  }

  return async (request) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bench')
    if (pathname === '/reset') {
      uploads = []
      tally.reset()
      return json({})
    }
    if (pathname === '/tally') return json({ ...tally.counts(), uploads: uploads.length })
    if (pathname.startsWith('/uploads/')) {
      return { status: 200, body: fileOf(Number(pathname.slice('/uploads/'.length))) }
    }
    tally.request(pathname)
    if (pathname === '/orders') {
      return {
        status: 200,
        body: pageBody(Number(searchParams.get('page')), Number(searchParams.get('rows'))),
      }
    }
    if (pathname.startsWith('/aa/collect/v1/events/key/')) return json({ error: 'File not found' }, 404)
    if (pathname === '/aa/collect/v1/events') return collect(request)
    return json({}, 404)
  }
}

async function start(): Promise<void> {
  const files = await startFiles()
  const tvm = await startTvm(files, { apiKey: 'bench:key' })
  const handle = createHandler(files)
  const server = createServer((request, response) => {
    void handle(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body)
    })
  })
  // Longer than any subject computes between two requests: fetch would send into a connection that was just closed.
  server.keepAliveTimeout = 120_000
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.send?.({ url: `http://127.0.0.1:${port}`, tvmUrl: tvm.url } satisfies ServerUrls)
  })
}

// // The parent process has ended, so no measurement is running.
process.once('disconnect', () => process.exit())
void start()
