import { productName } from '../orders'
import type { Order } from '../orders'

/** The mapping of the peers: the same columns, nothing checked. */
export function plainHit(order: Order): Record<string, string> {
  return {
    timestamp: String(Date.parse(order.at) / 1000),
    marketingCloudVisitorID: order.visitor,
    userAgent: 'bench/1.0',
    linkType: 'o',
    linkName: 'order',
    transactionID: order.id,
    eVar1: order.customer.city,
    eVar2: order.customer.segment,
    eVar3: order.customer.note,
    eVar4: order.payment.method,
    eVar5: order.products[0]?.sku ?? '',
    prop1: order.customer.city,
    prop2: order.payment.method,
    currencyCode: order.payment.currency,
    products: order.products
      .map(({ name, quantity, price }) => `;${productName(name)};${quantity};${price}`)
      .join(','),
    events: `purchase,event1=${order.payment.total}`,
    reportSuiteID: 'bench',
  }
}
