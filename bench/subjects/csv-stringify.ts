import { writeRows } from './csv-stringify-file'
import { pagesOf } from './peer'
import { plainHit } from './plain-hit'
import { measure } from './subject'
import type { Order } from '../orders'

/** The idiomatic Node.js answer: csv-stringify into gzip, one file, nothing checked. */
measure(() =>
  writeRows(async (write) => {
    for await (const page of pagesOf<Order>()) {
      for (const order of page) {
        const wait = write(plainHit(order))
        if (wait) await wait
      }
    }
  }),
)
