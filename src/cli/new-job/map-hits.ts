import { createHash } from 'node:crypto'
import { isHitColumn } from '../../destinations/bulk-data-insertion/hit'
import { personalDataIn } from '../../personal-data'
import { timeNotation } from './leaves'
import { findLeaf, numberOf, numberText, textCell, wrong } from './mapping'
import { propertyName, quoted } from './schema-text'
import type { Leaf } from './leaves'
import type { Cell, ColumnWish, Mapping } from './mapping'
import type { JobNames } from './names'
import type { Survey } from './survey'

/** Columns that need more than a field: `map` sets them here, or an author writes them by hand. */
const ownColumns =
  /^(?:timestamp|marketingCloudVisitorID|visitorID|ipaddress|userAgent|linkType|events|products|customerID\..*|browser(?:Height|Width))$/
const eventName = /^(?:event(?:[1-9]\d{0,2}|1000)|purchase|prodView|scOpen|scAdd|scRemove|scView|scCheckout)$/

/**
 * Rows of Bulk Data Insertion: link hits, because data of other systems are no page views, unless a page is mapped.
 * @throws JobError `params-invalid` for columns and fields that do not fit
 */
export function mapHits(
  names: JobNames,
  survey: Survey,
  { timestamp, visitor, columns }: HitWishes,
): Mapping {
  const { job, record } = names
  const time = findLeaf(survey, timestamp, '--timestamp')
  const person = findLeaf(survey, visitor, '--visitor')
  const events = columns.filter(({ column }) => eventName.test(column))
  const others = columns.filter(({ column }) => !eventName.test(column))
  const hasPage = others.some(({ column }) => column === 'pageName' || column === 'pageURL')
  const hasLink = others.some(({ column }) => column === 'linkName' || column === 'linkURL')
  const visitorCell = cellOfVisitor(record, person)
  const cells = [
    cellOfTime(record, time),
    visitorCell,
    constant('userAgent', `analytics-ingest/1.0 (${job})`),
    ...(hasPage ? [] : [constant('linkType', 'o'), ...(hasLink ? [] : [constant('linkName', job)])]),
    ...others.map((wish) => cellOf(record, wish)),
    ...(events.length > 0 ? [cellOfEvents(record, events)] : []),
  ]
  const columnList = cells.map(({ column }) => `${quoted(column)},`).join('\n')
  return {
    cells,
    destination: `bulkDataInsertion({\nreportSuite: input('ANALYTICS_REPORT_SUITE'),\ncolumns: [\n${columnList}\n],\n})`,
    imports: ['bulkDataInsertion', ...(events.length > 0 ? ['events'] : [])],
    helpers: visitorCell.text.startsWith('visitorOf(') ? [visitorOfText] : [],
    inputs: [],
  }
}

export interface HitWishes {
  readonly timestamp: string
  readonly visitor: string
  readonly columns: readonly ColumnWish[]
}

function constant(column: string, value: string): Cell {
  return { column, text: quoted(value), valueOf: () => value }
}

function cellOf(record: string, { column, leaf }: ColumnWish): Cell {
  if (!isHitColumn(column)) {
    throw wrong(`--column: Adobe knows no column "${column}".`, 'Such as eVar1, prop1, campaign, event1.')
  }
  if (ownColumns.test(column)) {
    throw wrong(
      `--column cannot set ${column}.`,
      'Write it by hand in the job that is written: docs/jobs.md.',
    )
  }
  if (!leaf) throw wrong(`--column ${column} names no field.`, `Such as --column ${column}=<field>.`)
  if (leaf.values.some((value) => typeof value === 'string' && personalDataIn(value) !== null)) {
    throw wrong(
      `--column ${column}=${leaf.path}: its values look like e-mail addresses or phone numbers, which every row would be rejected for.`,
      'Leave it out, or map it by hand with hashed() or redacted(): docs/jobs.md.',
    )
  }
  return textCell(record, column, leaf)
}

/** Adobe takes seconds, and ISO 8601 with an offset. */
function cellOfTime(record: string, leaf: Leaf): Cell {
  const notation = timeNotation(leaf)
  const field = `${record}${leaf.access}`
  const isUsable = notation !== null && !leaf.isMissing && leaf.values.every((value) => !isLoose(value))
  if (!isUsable || (notation.unit === 'iso' && !notation.hasOffset)) {
    throw wrong(
      `--timestamp ${leaf.path}: its values are no instants with an offset in every record.`,
      'Choose another field; a time without an offset is converted by hand, in a job of your own (docs/jobs.md).',
    )
  }
  const isMs = notation.unit === 'ms'
  return {
    column: 'timestamp',
    text: isMs ? `new Date(${field})` : field,
    valueOf: (valueAt) => (isMs ? new Date(Number(valueAt(leaf.path))) : valueAt(leaf.path)),
  }
}

/** ISO 8601 as some APIs write it, and Adobe does not read it: slashes, a blank before the time. */
function isLoose(value: unknown): boolean {
  return typeof value === 'string' && !/^\d{4}-\d\d-\d\dT/.test(value)
}

function cellOfVisitor(record: string, leaf: Leaf): Cell {
  const { path, shape, isMissing, values, access } = leaf
  if (isMissing || (shape.kind !== 'text' && !(shape.kind === 'number' && shape.isWhole))) {
    throw wrong(
      `--visitor ${path}: a visitor needs a text or a whole number in every record.`,
      'Choose another field.',
    )
  }
  const texts = values.map(String)
  if (texts.includes('')) {
    throw wrong(
      `--visitor ${path}: it is empty in some records, which would become one visitor.`,
      'Choose another field.',
    )
  }
  if (texts.some((text) => personalDataIn(text) !== null)) {
    throw wrong(
      `--visitor ${path}: its values look like personal data, whose plain hash others could compute.`,
      'Choose another field, such as a customer number; or write the job by hand with hashed() and a salt (docs/jobs.md).',
    )
  }
  const field = shape.kind === 'number' ? `String(${record}${access})` : `${record}${access}`
  const isEcid = texts.every((text) => /^\d{38}$/.test(text))
  return {
    column: 'marketingCloudVisitorID',
    text: isEcid ? field : `visitorOf(${field})`,
    valueOf: (valueAt) => (isEcid ? String(valueAt(path)) : visitorOf(String(valueAt(path)))),
  }
}

function visitorOf(id: string): string {
  return BigInt(`0x${createHash('sha256').update(id).digest('hex')}`)
    .toString()
    .padStart(38, '0')
    .slice(0, 38)
}

const visitorOfText = `/** Adobe expects 38 digits (an ECID); a hash of the id always gives the same ones. */
function visitorOf(id: string): string {
  const digest = createHash('sha256').update(id).digest('hex')
  return BigInt(\`0x\${digest}\`).toString().padStart(38, '0').slice(0, 38)
}`

function cellOfEvents(record: string, wishes: readonly ColumnWish[]): Cell {
  const items = wishes.map(({ column, leaf }) => {
    if (!leaf) return quoted(column)
    // Behind the check, the objects around the field are known to be there.
    const present = { ...leaf, access: leaf.access.replaceAll('?.[', '[').replaceAll('?.', '.') }
    const item = `[${quoted(column)}, ${numberText(record, column, present)}]`
    return leaf.isMissing ? `...(${record}${leaf.access} == null ? [] : [${item} as const])` : item
  })
  return {
    column: 'events',
    text: `events(${items.join(', ')})`,
    valueOf: (valueAt) => {
      const parts = wishes.flatMap(({ column, leaf }) => {
        if (!leaf) return [column]
        const number = numberOf(valueAt(leaf.path))
        return number === undefined ? [] : [`${column}=${number}`]
      })
      return parts.join(',')
    },
  }
}

/** The cells as members of the object that `map` returns. */
export function cellLines(cells: readonly Cell[]): string {
  return cells.map(({ column, text }) => `${propertyName(column)}: ${text},`).join('\n')
}
