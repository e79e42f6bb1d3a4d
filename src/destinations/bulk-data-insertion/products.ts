/** One product of the `products` column. */
export interface HitProduct {
  readonly category?: string
  readonly name: string
  readonly quantity?: number
  /** Of all its units together. */
  readonly price?: number
  /** Product-level events, such as `{ event1: 4.99 }`. */
  readonly events?: Readonly<Record<`event${number}`, number>>
  /** Merchandising eVars. */
  readonly eVars?: Readonly<Record<`eVar${number}`, string>>
}

/** Builds the `products` column: `category;product;quantity;price;event1=4.99|event2=5;eVar1=x,…`. */
export function products(...list: readonly HitProduct[]): string {
  return list.map(productText).join(',')
}

function productText({ category = '', name, quantity, price, events = {}, eVars = {} }: HitProduct): string {
  const pairs = (record: Readonly<Record<string, number | string>>) =>
    Object.entries(record)
      .map(([key, value]) => `${key}=${value}`)
      .join('|')
  const fields = [category, name, quantity ?? '', price ?? '', pairs(events), pairs(eVars)].map(String)
  while (fields.length > 2 && fields.at(-1) === '') fields.pop()
  return fields.join(';')
}

const number = /^-?\d+(\.\d+)?$/
const eventList = /^event\d+=-?\d+(\.\d+)?(\|event\d+=-?\d+(\.\d+)?)*$/
const eVarList = /^eVar\d+=[^;,|]*(\|eVar\d+=[^;,|]*)*$/

/** What is wrong with a `products` value; null where nothing is. */
export function productsFault(text: string): string | null {
  for (const product of text.split(',')) {
    const [category = '', name = '', quantity = '', price = '', events = '', eVars = '', ...rest] =
      product.split(';')
    if (rest.length > 0) return `"${product}" has more than six parts`
    if (name === '') return `"${product}" has no product name`
    if (Buffer.byteLength(category) > 100 || Buffer.byteLength(name) > 100) {
      return 'category and product name may take 100 bytes each'
    }
    if (quantity !== '' && !/^\d+$/.test(quantity)) return `the quantity "${quantity}" is not a whole number`
    if (price !== '' && !number.test(price)) return `the price "${price}" is not a number`
    if (events !== '' && !eventList.test(events))
      return `the events "${events}" are not like event1=4.99|event2=5`
    if (eVars !== '' && !eVarList.test(eVars)) return `the eVars "${eVars}" are not like eVar1=x|eVar2=y`
  }
  return null
}
