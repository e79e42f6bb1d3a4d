import { gzipSync } from 'node:zlib'
import { unparse } from 'papaparse'
import { header, pagesOf, send } from './peer'
import { plainHit } from './plain-hit'
import { measure } from './subject'
import type { Order } from '../orders'

/** papaparse writes no streams: all rows in memory, then all text, then all bytes. */
measure(async () => {
  const rows: Record<string, string>[] = []
  for await (const page of pagesOf<Order>()) for (const order of page) rows.push(plainHit(order))
  return send(gzipSync(unparse(rows, { columns: [...header], newline: '\r\n' }), { level: 6 }))
})
