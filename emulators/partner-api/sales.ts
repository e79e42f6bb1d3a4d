import { createHash } from 'node:crypto'

/** One item that was sold in a branch of the shop. */
export interface SaleRecord {
  readonly id: string
  readonly soldAt: string
  /** The number on the customer's card. */
  readonly customer: string
  readonly branch: { readonly city: string; readonly country: string }
  readonly product: string
  readonly quantity: number
  readonly total: number
  readonly coupon: string | null
}

const products = ['desk', 'chair', 'lamp', 'shelf', 'sofa', 'rug', 'mirror', 'clock']
const branches = [
  { city: 'Berlin', country: 'DE' },
  { city: 'Lyon', country: 'FR' },
  { city: 'Porto', country: 'PT' },
]
const minuteMs = 60_000
const first = Date.UTC(2026, 8, 1, 8)
const count = 1_500

/** Sales of September 2026, the same at any time, ascending by `soldAt`; two of them at the same instant now and then. */
export const sales: readonly SaleRecord[] = Array.from({ length: count }, (_, index) => {
  const digest = createHash('sha256').update(`sale ${index}`).digest()
  const part = (at: number, below: number) => digest.readUInt16LE(at) % below
  const quantity = 1 + part(0, 3)
  return {
    id: `S-${String(index + 1).padStart(5, '0')}`,
    soldAt: new Date(first + (index - (index % 10 === 9 ? 1 : 0)) * 27 * minuteMs).toISOString(),
    customer: `C-${1000 + part(2, 400)}`,
    branch: branches[part(4, branches.length)] ?? { city: '', country: '' },
    product: products[part(6, products.length)] ?? '',
    quantity,
    total: (quantity * (500 + part(8, 20_000))) / 100,
    coupon: part(10, 5) === 0 ? 'AUTUMN' : null,
  }
})

/** Those at and after an instant. */
export function salesSince(since: string): readonly SaleRecord[] {
  const from = since === '' ? -Infinity : Date.parse(since)
  return sales.filter(({ soldAt }) => Date.parse(soldAt) >= from)
}
