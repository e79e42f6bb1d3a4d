import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { filePart } from '../emulators/analytics/multipart'
import { startFiles } from '../emulators/app-builder/files'
import { startTvm } from '../emulators/app-builder/tvm'
import { orderOf, pageSize } from './orders'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Source, sink, token and file store of every subject, in a process of its own so that its CPU does not count. */
const pages = new Map<number, string>()
let uploads: Buffer[] = []

function page(index: number, rows: number): string {
  let text = pages.get(index)
  if (text === undefined) {
    const data = Array.from({ length: pageSize }, (_, offset) => orderOf(index * pageSize + offset))
    text = JSON.stringify(data)
    if (pages.size < 400) pages.set(index, text)
  }
  const next = (index + 1) * pageSize < rows ? `"${index + 1}"` : 'null'
  return `{"data":${text},"next":${next}}`
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Rows of a CSV text, its header not counted; line breaks inside quotes are none. */
function rowsIn(text: Buffer): number {
  let rows = -1
  let quoted = false
  for (const byte of text) {
    if (byte === 0x22) quoted = !quoted
    else if (byte === 0x0a && !quoted) rows += 1
  }
  return rows
}

function upload(request: IncomingMessage, body: Buffer): object {
  const file = filePart({ method: 'POST', url: '', headers: request.headers, body, at: 0 }) ?? Buffer.alloc(0)
  uploads.push(file)
  return { status_code: 'UPLOADED', rows: rowsIn(gunzipSync(file)), invalid_rows: 0, processing_log: '' }
}

async function answer(request: IncomingMessage): Promise<{ status: number; body: string | Buffer }> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bench')
  const json = (body: object, status = 200) => ({ status, body: JSON.stringify(body) })
  if (pathname === '/orders') {
    return {
      status: 200,
      body: page(Number(searchParams.get('page') ?? 0), Number(searchParams.get('rows'))),
    }
  }
  if (pathname === '/ims/token/v3') return json({ access_token: 'bench', expires_in: 86_399 })
  if (pathname.startsWith('/aa/collect/v1/events/key/')) return json({ error: 'File not found' }, 404)
  if (pathname === '/aa/collect/v1/events') return json(upload(request, await bodyOf(request)))
  if (pathname === '/uploads/count') return json({ count: uploads.length })
  if (pathname.startsWith('/texts/')) {
    return {
      status: 200,
      body: gunzipSync(uploads[Number(pathname.slice('/texts/'.length))] ?? Buffer.alloc(0)),
    }
  }
  if (pathname === '/reset') uploads = []
  return json({})
}

async function start(): Promise<void> {
  const files = await startFiles()
  const tvm = await startTvm(files, { apiKey: 'bench:key' })
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => response.writeHead(status).end(body))
  })
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.send?.({ url: `http://127.0.0.1:${port}`, tvmUrl: tvm.url })
  })
}

void start()
