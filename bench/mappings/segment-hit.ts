import { transform } from '@segment/actions-core'
import { productName } from '../orders'
import type { Order } from '../orders'

const path = (where: string) => ({ '@path': `$.${where}` })

const mapping = {
  timestamp: path('at'),
  marketingCloudVisitorID: path('visitor'),
  userAgent: 'bench/1.0',
  linkType: 'o',
  linkName: 'order',
  transactionID: path('id'),
  eVar1: path('customer.city'),
  eVar2: path('customer.segment'),
  eVar3: path('customer.note'),
  eVar4: path('payment.method'),
  eVar5: path('products[0].sku'),
  prop1: path('customer.city'),
  prop2: path('payment.method'),
  currencyCode: path('payment.currency'),
  products: {
    '@arrayPath': ['$.products', { name: path('name'), quantity: path('quantity'), price: path('price') }],
  },
  events: { '@template': 'purchase,event1={{payment.total}}' },
}

interface Mapped extends Record<string, unknown> {
  readonly timestamp: string
  readonly products: readonly { readonly name: string; readonly quantity: number; readonly price: number }[]
}

/** The kit has no directive for times and none that joins a list: those two are finished by hand. */
export function segmentHit(order: Order): Record<string, string> {
  const hit = transform(mapping, order) as Mapped
  return {
    ...(hit as Record<string, unknown> as Record<string, string>),
    timestamp: String(Date.parse(hit.timestamp) / 1000),
    products: hit.products
      .map(({ name, quantity, price }) => `;${productName(name)};${quantity};${price}`)
      .join(','),
  }
}
