import { createGzip } from 'node:zlib'
import { columns } from '../orders'
import { task } from './subject'

/** What all peers write: the 16 columns, and the report suite that the product adds by itself. */
export const header: readonly string[] = [...columns, 'reportSuiteID']

/** All pages, one after the other. */
export async function* pagesOf<Record>(): AsyncIterable<readonly Record[]> {
  for (let page: string | null = '0'; page !== null;) {
    const response = await fetch(`${task.url}/orders?rows=${task.rows}&page=${page}`)
    const body = (await response.json()) as { data: Record[]; next: string | null }
    yield body.data
    page = body.next
  }
}

/** A gzip stream at the product's level, and all of its bytes once it has ended. */
export function gzipFile(): { readonly gzip: NodeJS.ReadWriteStream; readonly bytes: Promise<Buffer> } {
  const gzip = createGzip({ level: 6 })
  const chunks: Buffer[] = []
  const bytes = new Promise<Buffer>((resolve, reject) => {
    gzip.on('data', (chunk: Buffer) => chunks.push(chunk))
    gzip.on('end', () => resolve(Buffer.concat(chunks)))
    gzip.on('error', reject)
  })
  return { gzip, bytes }
}

/** Sends a finished file the way every peer does. */
export async function send(bytes: Buffer): Promise<object> {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(bytes)]), 'file.csv.gz')
  const { ok } = await fetch(`${task.url}/aa/collect/v1/events`, {
    method: 'POST',
    headers: { 'x-adobe-vgid': 'bench' },
    body: form,
  })
  if (!ok) throw new Error('The file was not accepted.')
  return {}
}
