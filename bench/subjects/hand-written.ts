import { once } from 'node:events'
import { createGzip } from 'node:zlib'
import { columns } from '../orders'
import { plainHit } from './plain-hit'
import { measure, pagesOf, send } from './subject'
import type { Order } from '../orders'

const names = [...columns, 'reportSuiteID']
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The floor: a few lines by hand, nothing checked, nothing staged. */
measure(async () => {
  const gzip = createGzip({ level: 6 })
  const chunks: Buffer[] = []
  gzip.on('data', (chunk: Buffer) => chunks.push(chunk))
  gzip.write(`${names.join(',')}\r\n`)
  for await (const page of pagesOf<Order>()) {
    let text = ''
    for (const order of page) {
      const hit = plainHit(order)
      text += `${names.map((name) => quoted(hit[name] ?? '')).join(',')}\r\n`
    }
    if (!gzip.write(text)) await once(gzip, 'drain')
  }
  gzip.end()
  await once(gzip, 'end')
  await send(Buffer.concat(chunks))
})
