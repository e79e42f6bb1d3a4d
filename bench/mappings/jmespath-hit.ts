import { TreeInterpreter, compile } from '@jmespath-community/jmespath'
import type { Order } from '../orders'

/** Removes what Adobe's syntax reserves. */
const name = "replace(replace(replace(name, ';', ' '), ',', ' '), '|', ' ')"

const expression = compile(`{
  timestamp: at,
  marketingCloudVisitorID: visitor,
  userAgent: 'bench/1.0',
  linkType: 'o',
  linkName: 'order',
  transactionID: id,
  eVar1: customer.city,
  eVar2: customer.segment,
  eVar3: customer.note,
  eVar4: payment.method,
  eVar5: products[0].sku,
  prop1: customer.city,
  prop2: payment.method,
  currencyCode: payment.currency,
  products: join(',', products[].join('', [';', ${name}, ';', to_string(quantity), ';', to_string(price)])),
  events: join('', ['purchase,event1=', to_string(payment.total)])
}`)

/** The language has no function for times: that value is finished by hand. */
export function jmespathHit(order: Order): Record<string, string> {
  const hit = TreeInterpreter.search(expression, order) as Record<string, string>
  return { ...hit, timestamp: String(Date.parse(order.at) / 1000) }
}
