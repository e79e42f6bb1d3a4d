import { checkEvents, checkPurchases, productsOf } from './check-events'
import type { CheckFinding } from '../destination'
import type { Dimension, SuiteFacts } from '../suite-facts'

/** A row as `map` made it; the check reads texts and numbers. */
export type CheckedRow = Readonly<Record<string, unknown>>

/**
 * Checks the columns that a job declares, and the values that its rows set, against the suite's variables. Pure.
 * @param rows a sample as `map` makes them; without one only the columns are checked
 */
export function checkMapping(
  columns: readonly string[],
  rows: readonly CheckedRow[],
  facts: SuiteFacts,
): readonly CheckFinding[] {
  return [
    ...suiteFindings(facts),
    ...columns.flatMap((column) => columnFindings(column, rows, facts)),
    ...checkEvents(rows, facts),
    ...checkPurchases(rows),
    ...merchandisingFindings(rows, facts),
    ...declared,
  ]
}

function suiteFindings({ suite }: SuiteFacts): readonly CheckFinding[] {
  const { parentRsid, timezoneZoneinfo = 'an unknown time zone', currency = 'an unknown currency' } = suite
  return [
    ...(parentRsid
      ? [
          fault(
            'reportSuite',
            `is a virtual report suite of ${parentRsid}: hits can be sent to that one only`,
          ),
        ]
      : []),
    note(
      'reportSuite',
      `cuts its days in ${timezoneZoneinfo} and counts money in ${currency}: rows of another \`currencyCode\` are converted`,
    ),
  ]
}

/**
 * The suite's ids of a column's variable; null for columns that are no variables. List variables have two spellings.
 */
function idsOf(column: string): readonly string[] | null {
  const [, family = '', number = ''] = /^(eVar|prop|list)(\d+)$/.exec(column) ?? []
  if (family === 'list') return [`variables/listvar${number}`, `variables/mvvar${number}`]
  if (family !== '') return [`variables/${family.toLowerCase()}${number}`]
  return column === 'campaign' ? ['variables/campaign'] : null
}

function dimensionOf(column: string, { dimensions }: SuiteFacts): Dimension | null {
  return idsOf(column)?.flatMap((id) => dimensions.get(id) ?? [])[0] ?? null
}

function columnFindings(
  column: string,
  rows: readonly CheckedRow[],
  facts: SuiteFacts,
): readonly CheckFinding[] {
  if (idsOf(column) === null) return []
  const dimension = dimensionOf(column, facts)
  if (!dimension) return [fault(column, unlisted)]
  return [
    ...(dimension.allowedForReporting === false
      ? [fault(column, 'is not allowed for reporting: its values would be stored and shown to nobody')]
      : []),
    ...(dimension.merchandisingSyntax === 'product'
      ? [
          fault(
            column,
            'is a merchandising eVar with product syntax: it is read from the column `products` only',
          ),
        ]
      : []),
    ...counterFindings(column, dimension, rows),
    ...bindingFindings(column, dimension, rows),
  ]
}

const unlisted =
  'is not among the variables that the suite lists: it does not exist, is disabled, or the product profile hides it'

/** A counter eVar adds numbers; it ignores any other text. */
function counterFindings(
  column: string,
  { dataType }: Dimension,
  rows: readonly CheckedRow[],
): readonly CheckFinding[] {
  if (dataType?.toLowerCase() !== 'counter') return []
  const texts = rows.map((row) => textOf(row[column]))
  const faulty = texts.find((text) => text !== '' && !/^[+-]?\d+(\.\d+)?$/.test(text))
  return faulty === undefined
    ? []
    : [fault(column, `is a counter and takes numbers; \`map\` sets a text such as "${short(faulty)}"`)]
}

/** A merchandising eVar binds to products when one of its events occurs; without one its values are lost. */
function bindingFindings(
  column: string,
  { merchandisingSyntax, bindingEvents }: Dimension,
  rows: readonly CheckedRow[],
): readonly CheckFinding[] {
  const events = bindingEvents ?? []
  if (merchandisingSyntax !== 'conversion_variable' || events.length === 0) return []
  if (!rows.some((row) => textOf(row[column]) !== '')) return []
  const binding = new Set(events.map((event) => event.toLowerCase()))
  const binds = rows.some((row) => metricsSetBy(row).some((metric) => binding.has(metric)))
  return binds
    ? []
    : [fault(column, `is a merchandising eVar; no row sets an event that binds it (${events.join(', ')})`)]
}

const commerce: Readonly<Record<string, string>> = {
  purchase: 'metrics/orders',
  prodView: 'metrics/productviews',
  scOpen: 'metrics/carts',
  scAdd: 'metrics/cartadditions',
  scRemove: 'metrics/cartremovals',
  scView: 'metrics/cartviews',
  scCheckout: 'metrics/checkouts',
}

/** Ids of the metrics that a row counts. */
function metricsSetBy({ events }: CheckedRow): readonly string[] {
  const names = textOf(events)
    .split(',')
    .map((event) => event.split(/[=:]/)[0] ?? '')
  return names.map((name) => commerce[name] ?? `metrics/${name}`)
}

/** eVars of the products column: only merchandising eVars with product syntax take a value there. */
function merchandisingFindings(rows: readonly CheckedRow[], facts: SuiteFacts): readonly CheckFinding[] {
  const eVars = new Set(
    rows.flatMap(({ products }) => productsOf(textOf(products)).flatMap(({ eVars }) => eVars)),
  )
  return [...eVars].flatMap((eVar) => {
    const dimension = dimensionOf(eVar, facts)
    if (!dimension) return [fault(eVar, unlisted)]
    const syntax = dimension.merchandisingSyntax
    return syntax === undefined || syntax === 'product'
      ? []
      : [
          fault(
            eVar,
            'is set in `products`, and is no merchandising eVar with product syntax: the value is lost',
          ),
        ]
  })
}

/** Settings that the API does not return. */
const declared: readonly CheckFinding[] = [
  note(
    '',
    'The suite cannot be asked for list delimiters, settings of props, event serialisation, timestamp mode, and which visitor id decides: these hold as the job declares them.',
  ),
]

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}

function fault(subject: string, message: string): CheckFinding {
  return { level: 'fault', subject, message }
}

function note(subject: string, message: string): CheckFinding {
  return { level: 'note', subject, message }
}
