import { once } from 'node:events'
import { gzipFile, header, pagesOf, send } from './peer'
import { plainHit } from './plain-hit'
import { measure } from './subject'
import type { Order } from '../orders'

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The floor: a few lines by hand, nothing checked, nothing staged. */
measure(async () => {
  const { gzip, bytes } = gzipFile()
  gzip.write(`${header.join(',')}\r\n`)
  for await (const page of pagesOf<Order>()) {
    let text = ''
    for (const order of page) {
      const hit = plainHit(order)
      text += `${header.map((name) => quoted(hit[name] ?? '')).join(',')}\r\n`
    }
    if (!gzip.write(text)) await once(gzip, 'drain')
  }
  gzip.end()
  return send(await bytes)
})
