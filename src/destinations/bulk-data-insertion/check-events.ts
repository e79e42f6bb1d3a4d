import type { CheckFinding } from '../destination'
import type { SuiteFacts } from '../suite-facts'

interface SetEvent {
  readonly name: string
  /** The text after `=`; null where there is none. */
  readonly value: string | null
}

interface SetProduct {
  /** True where it has a quantity or a price. */
  readonly isPriced: boolean
  readonly events: readonly SetEvent[]
  /** Names of eVars. */
  readonly eVars: readonly string[]
}

/**
 * Checks the events that the rows set, in `events` and in `products`, against the suite's metrics. Each event is named
 * once.
 */
export function checkEvents(
  rows: readonly Readonly<Record<string, unknown>>[],
  { metrics }: SuiteFacts,
): readonly CheckFinding[] {
  const found = new Map<string, CheckFinding>()
  for (const { events, products } of rows) {
    const set = [
      ...eventsOf(events, ','),
      ...productsOf(products).flatMap(({ events: ofProduct }) => ofProduct),
    ]
    for (const event of set) {
      const message = faultOf(event, metrics)
      if (message !== null && !found.has(event.name)) {
        found.set(event.name, { level: 'fault', subject: event.name, message })
      }
    }
  }
  return [...found.values()]
}

/**
 * Revenue and units count on hits with `purchase` only. A note, because the products of a cart may have prices as well.
 * @see https://experienceleague.adobe.com/en/docs/analytics/implementation/vars/page-vars/products
 */
export function checkPurchases(rows: readonly Readonly<Record<string, unknown>>[]): readonly CheckFinding[] {
  const isPriced = rows.some(({ products }) => productsOf(products).some((product) => product.isPriced))
  const isPurchase = rows.some(
    ({ events }) => typeof events === 'string' && /(?:^|,)purchase(?:$|[,=:])/.test(events),
  )
  if (!isPriced || isPurchase) return []
  const message =
    'has quantities or prices, and no row sets the event `purchase`: they count neither as units nor as revenue'
  return [{ level: 'note', subject: 'products', message }]
}

/** The products of a column, by its grammar: `category;product;quantity;price;events;eVars`. */
export function productsOf(column: unknown): readonly SetProduct[] {
  if (typeof column !== 'string' || column === '') return []
  return column.split(',').map((product) => {
    const [, , quantity = '', price = '', events = '', eVars = ''] = product.split(';')
    const isPriced = Number(quantity) !== 0 || Number(price) !== 0
    return { isPriced, events: eventsOf(events, '|'), eVars: namesOf(eVars) }
  })
}

function namesOf(eVars: string): readonly string[] {
  return eVars === '' ? [] : eVars.split('|').map((pair) => pair.split('=')[0] ?? '')
}

/** Commerce events, such as `purchase`, exist in every suite. */
function eventsOf(text: unknown, separator: string): readonly SetEvent[] {
  if (typeof text !== 'string' || text === '') return []
  return text
    .split(separator)
    .map((event) => {
      const [name = '', value = null] = event.split(/[=:]/)
      return { name, value: event.includes('=') ? value : null }
    })
    .filter(({ name }) => /^event\d+$/.test(name))
}

function faultOf({ name, value }: SetEvent, metrics: SuiteFacts['metrics']): string | null {
  const metric = metrics.get(`metrics/${name}`)
  if (!metric) {
    return 'is not among the metrics that the suite lists: it does not exist, is disabled, or the product profile hides it'
  }
  if (metric.allowedForReporting === false) {
    return 'is not allowed for reporting: its numbers would be stored and shown to nobody'
  }
  const isWhole = value === null || Number.isInteger(Number(value))
  return metric.type === 'int' && !isWhole
    ? `is a counter and takes whole numbers; \`map\` sets ${value}. Make it a numeric or currency event in the suite, or round`
    : null
}
