import { JobError } from '../../errors'

/** One product of the `products` column. */
export interface HitProduct {
  readonly category?: string
  readonly name: string
  readonly quantity?: number
  /** Total price of all units. */
  readonly price?: number
  /** Product-level events, such as `{ event1: 4.99 }`. */
  readonly events?: Readonly<Record<`event${number}`, number>>
  /** Merchandising eVars. */
  readonly eVars?: Readonly<Record<`eVar${number}`, string>>
}

/**
 * Builds the `products` column: `category;product;quantity;price;event1=4.99|event2=5;eVar1=x,…`.
 * @throws JobError `row-invalid` where a text has a delimiter, which Adobe would take for the next part or product
 */
export function products(...list: readonly HitProduct[]): string {
  let text = ''
  for (const product of list) text += text === '' ? productText(product) : `,${productText(product)}`
  return text
}

/** Leaves out empty parts at the end, except the name. */
function productText({ category, name, quantity, price, events, eVars }: HitProduct): string {
  let text = `${category === undefined ? '' : undelimited(category)};${undelimited(name)}`
  if (eVars !== undefined) return `${text};${quantity ?? ''};${price ?? ''};${pairs(events)};${pairs(eVars)}`
  if (events !== undefined) return `${text};${quantity ?? ''};${price ?? ''};${pairs(events)}`
  if (price !== undefined) return `${text};${quantity ?? ''};${price}`
  if (quantity !== undefined) text += `;${quantity}`
  return text
}

function pairs(record: Readonly<Record<string, number | string>> = {}): string {
  return Object.entries(record)
    .map(([key, value]) => `${key}=${undelimited(String(value))}`)
    .join('|')
}

function undelimited(text: string): string {
  if (!/[,;|]/.test(text)) return text
  throw new JobError(
    'row-invalid',
    `"${text}" has a comma, semicolon or pipe, which delimit the products column.`,
    'Leave these characters out of product names, categories and merchandising eVars.',
  )
}

const number = '-?\\d+(?:\\.\\d+)?'
const event = `event(?:[1-9]\\d{0,2}|1000)=${number}`
const eVar = 'eVar(?:[1-9]\\d?|1\\d\\d|2[0-4]\\d|250)=[^;,|]*'
const numberPattern = new RegExp(`^${number}$`)
/**
 * Fast path for most products: without events and eVars, and with texts of at most 33 characters, which take at most 99
 * bytes.
 */
const plainProduct = `[^,;|]{0,33};[^,;|]{1,33}(?:;\\d*(?:;(?:${number})?)?)?`
const plainProducts = new RegExp(`^${plainProduct}(?:,${plainProduct})*$`)
const eventsPattern = new RegExp(`^${event}(?:\\|${event})*$`)
const eVarsPattern = new RegExp(`^${eVar}(?:\\|${eVar})*$`)

/** Adobe cuts a longer category, name or merchandising value. In bytes of UTF-8. */
const textLimit = 100
const eVarLimit = 255

/** The fault of a `products` value; null where there is none. */
export function productsFault(text: string): string | null {
  if (plainProducts.test(text)) return null
  for (const product of text.split(',')) {
    const fault = productFault(product)
    if (fault) return fault
  }
  return null
}

/**
 * The fault of the events in a `products` value beside the hit's `events`; null where there is none. Adobe counts an
 * event of a product only where `events` lists it, and a value there replaces those of the products.
 * @see https://experienceleague.adobe.com/en/docs/analytics/implementation/vars/page-vars/events/events-overview
 */
export function productEventsFault(products: string, events: string): string | null {
  // Fast path: most products have no events.
  if (!products.includes('event')) return null
  const listed = new Map(events.split(',').map((one) => [one.split(/[=:]/)[0] ?? '', one.includes('=')]))
  for (const product of products.split(',')) {
    const ofProduct = product.split(';')[4] ?? ''
    for (const pair of ofProduct === '' ? [] : ofProduct.split('|')) {
      const name = pair.slice(0, pair.indexOf('='))
      const hasValue = listed.get(name)
      if (hasValue === undefined) return `sets ${name}, which the column \`events\` must list as well`
      if (hasValue) return `sets ${name}, which has a value in \`events\` too: Adobe would use that one alone`
    }
  }
  return null
}

function productFault(product: string): string | null {
  const parts = product.split(';')
  const [category = '', name = '', quantity = '', price = '', events = '', eVars = ''] = parts
  if (parts.length > 6) return `"${product}" has more than six parts`
  if (name === '') return `"${product}" has no product name`
  if (category.includes('|') || name.includes('|')) return `"${product}" has a pipe in a name`
  if (exceeds(category, textLimit) || exceeds(name, textLimit)) {
    return `category and product name may take ${textLimit} bytes each`
  }
  if (quantity !== '' && !/^\d+$/.test(quantity)) return `the quantity "${quantity}" is not a whole number`
  if (price !== '' && !numberPattern.test(price)) return `the price "${price}" is not a number`
  if (events !== '' && !eventsPattern.test(events)) {
    return `the events "${events}" are not like event1=4.99|event2=5`
  }
  if (eVars === '') return null
  if (!eVarsPattern.test(eVars)) return `the eVars "${eVars}" are not like eVar1=x|eVar2=y`
  return eVars.length * 3 > eVarLimit && eVars.split('|').some(eVarTooLong)
    ? `a merchandising eVar may take ${eVarLimit} bytes`
    : null
}

function eVarTooLong(pair: string): boolean {
  return exceeds(pair.slice(pair.indexOf('=') + 1), eVarLimit)
}

function exceeds(text: string, limit: number): boolean {
  // A string of n chars takes at most 3n bytes.
  return text.length * 3 > limit && Buffer.byteLength(text) > limit
}
