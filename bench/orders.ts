/** One order as the benchmark's source sends it: nested, with everything that makes CSV hard. */
export interface Order {
  readonly id: string
  readonly at: string
  readonly visitor: string
  readonly customer: { readonly city: string; readonly segment: string; readonly note: string }
  readonly payment: { readonly method: string; readonly currency: string; readonly total: number }
  readonly products: readonly {
    readonly sku: string
    readonly name: string
    readonly quantity: number
    readonly price: number
  }[]
}

const cities = ['Köln', 'Genève', 'New York, NY', 'São Paulo', 'Kraków', 'Reykjavík']
const notes = [
  '',
  'leave "as is"',
  'ring twice,\nthen knock',
  'Größe prüfen',
  'plain text of some length to compress',
]
const methods = ['card', 'invoice', 'paypal']
const names = ['Mütze', 'Shirt, blue', '27" screen', 'Socks', 'Lamp; tall']

export const pageSize = 1_000
/** After this many orders only id and time are new: the server keeps no more than these pages. */
export const cycle = 100_000
/** Of the first order, ms since the epoch; one more each second. */
export const firstAt = Date.UTC(2026, 0, 1)

/** The same order for the same number, ascending in time. Id and time have a fixed width. */
export function orderOf(index: number): Order {
  const random = (((index % cycle) * 2_654_435_761) >>> 0) % 1_000_003
  const products = Array.from({ length: 1 + (random % 3) }, (_, item) => ({
    sku: `SKU-${(random * (item + 7)) % 9_973}`,
    name: names[(random + item) % names.length] ?? '',
    quantity: 1 + ((random + item) % 4),
    price: ((random * (item + 3)) % 50_000) / 100,
  }))
  return {
    id: `order-${String(index).padStart(9, '0')}-${random.toString(36)}`,
    at: new Date(firstAt + index * 1_000).toISOString().replace('.000Z', 'Z'),
    visitor: String(10n ** 37n + BigInt(random) * 7_919n),
    customer: {
      city: cities[random % cities.length] ?? '',
      segment: `segment-${random % 17}`,
      note: notes[random % notes.length] ?? '',
    },
    payment: {
      method: methods[random % methods.length] ?? '',
      currency: 'EUR',
      total: products.reduce((sum, { quantity, price }) => sum + Math.round(quantity * price * 100), 0) / 100,
    },
    products,
  }
}

/** The 16 columns of every subject, by name. */
export const columns = [
  'timestamp',
  'marketingCloudVisitorID',
  'userAgent',
  'linkType',
  'linkName',
  'transactionID',
  'eVar1',
  'eVar2',
  'eVar3',
  'eVar4',
  'eVar5',
  'prop1',
  'prop2',
  'currencyCode',
  'products',
  'events',
] as const

/** A product name without what Adobe's syntax reserves. */
export function productName(name: string): string {
  return name.replace(/[;,|]/g, ' ')
}
