import {
  bulkDataInsertion,
  defineJob,
  incremental,
  input,
  instant,
  nextToken,
  products,
  restSource,
  z,
} from '../src'
import { columns, productName } from './orders'
import type { Hit } from '../src/destinations/bulk-data-insertion/hit'
import type { Order } from './orders'

/** The product's own mapping, as a user would write it. */
export function mapOrder(order: Order): Hit<(typeof columns)[number]> {
  return {
    timestamp: order.at,
    marketingCloudVisitorID: order.visitor,
    userAgent: 'bench/1.0',
    linkType: 'o',
    linkName: 'order',
    transactionID: order.id,
    eVar1: order.customer.city,
    eVar2: order.customer.segment,
    eVar3: order.customer.note,
    eVar4: order.payment.method,
    eVar5: order.products[0]?.sku,
    prop1: order.customer.city,
    prop2: order.payment.method,
    currencyCode: order.payment.currency,
    products: products(
      ...order.products.map(({ name, quantity, price }) => ({ name: productName(name), quantity, price })),
    ),
    events: `purchase,event1=${order.payment.total}`,
  }
}

/** The job that all of the product's measurements run, its checks as a user would have them. */
export function ordersJob({
  name,
  rows,
  groups = 1,
  idPrefix = '',
}: {
  name: string
  rows: number
  groups?: number
  /** Tells the ids of several jobs that read the same orders from each other. */
  idPrefix?: string
}) {
  return defineJob({
    name,
    source: restSource({
      baseUrl: input('URL'),
      path: '/orders',
      query: { rows: String(rows), page: '0' },
      // One read from the beginning; the subject is the whole way, not the filter.
      clientFilter: true,
      records: 'data',
      paginator: nextToken({ path: 'next', param: 'page' }),
    }),
    sync: incremental({ cursor: instant('at') }),
    record: z.object({
      id: z.string(),
      at: z.string(),
      visitor: z.string(),
      customer: z.object({ city: z.string(), segment: z.string(), note: z.string() }),
      payment: z.object({ method: z.string(), currency: z.string(), total: z.number() }),
      products: z.array(
        z.object({ sku: z.string(), name: z.string(), quantity: z.number(), price: z.number() }),
      ),
    }),
    map: idPrefix === '' ? mapOrder : (order) => mapOrder({ ...order, id: `${idPrefix}${order.id}` }),
    destination: bulkDataInsertion({ reportSuite: input('SUITE'), columns, groups }),
  })
}
