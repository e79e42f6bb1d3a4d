import { once } from 'node:events'
import { format } from '@fast-csv/format'
import { gzipFile, header, pagesOf, send } from './peer'
import { plainHit } from './plain-hit'
import { measure } from './subject'
import type { Order } from '../orders'

/** @fast-csv/format into gzip, one file, nothing checked. */
measure(async () => {
  const csv = format({ headers: [...header], rowDelimiter: '\r\n' })
  const { gzip, bytes } = gzipFile()
  csv.pipe(gzip)
  for await (const page of pagesOf<Order>()) {
    for (const order of page) if (!csv.write(plainHit(order))) await once(csv, 'drain')
  }
  csv.end()
  return send(await bytes)
})
