import { segmentHit } from '../mappings/segment-hit'
import { writeRows } from './csv-stringify-file'
import { pagesOf } from './peer'
import { measure } from './subject'
import type { Order } from '../orders'

/** Segment's mapping-kit maps, csv-stringify writes. */
measure(() =>
  writeRows(async (write) => {
    for await (const page of pagesOf<Order>()) {
      for (const order of page) {
        const wait = write({ ...segmentHit(order), reportSuiteID: 'bench' })
        if (wait) await wait
      }
    }
  }),
)
