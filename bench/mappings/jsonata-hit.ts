import jsonata from 'jsonata'
import type { Order } from '../orders'

const expression = jsonata(`{
  "timestamp": $string($toMillis(at) / 1000),
  "marketingCloudVisitorID": visitor,
  "userAgent": "bench/1.0",
  "linkType": "o",
  "linkName": "order",
  "transactionID": id,
  "eVar1": customer.city,
  "eVar2": customer.segment,
  "eVar3": customer.note,
  "eVar4": payment.method,
  "eVar5": products[0].sku,
  "prop1": customer.city,
  "prop2": payment.method,
  "currencyCode": payment.currency,
  "products": $join(products.(";" & $replace(name, /[;,|]/, " ") & ";" & quantity & ";" & price), ","),
  "events": "purchase,event1=" & payment.total
}`)

export function jsonataHit(order: Order): Promise<Record<string, string>> {
  return expression.evaluate(order) as Promise<Record<string, string>>
}
