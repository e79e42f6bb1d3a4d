import { isDimension, isMetric } from '../../destinations/data-sources/columns'
import { timeNotation } from './leaves'
import { findLeaf, numberOf, numberText, textCell, wrong } from './mapping'
import { quoted } from './schema-text'
import type { Cell, ColumnWish, Mapping } from './mapping'
import type { JobNames } from './names'
import type { Survey } from './survey'

/**
 * Rows of Data Sources: totals by date and dimensions.
 * @throws JobError `params-invalid` for columns and fields that do not fit
 */
export function mapTotals(
  { record, prefix }: JobNames,
  survey: Survey,
  { timestamp, timeZone, columns }: { timestamp: string; timeZone: string; columns: readonly ColumnWish[] },
): Mapping {
  const time = findLeaf(survey, timestamp, '--timestamp')
  const notation = timeNotation(time)
  const isDay = time.shape.kind === 'text' && time.shape.form === 'date'
  if (notation?.unit !== 'iso' || time.isMissing || !(notation.hasOffset || isDay)) {
    throw wrong(
      `--timestamp ${time.path}: Data Sources need a day or an instant with its offset in every record.`,
      'Choose another field; others are converted by hand, in a job of your own (docs/jobs.md).',
    )
  }
  if (!columns.some(({ column }) => isDimension(column)) || !columns.some(({ column }) => isMetric(column))) {
    throw wrong(
      'Data Sources need a dimension and a metric.',
      'Such as --column "Tracking Code=campaign" --column "Event 10=cost"; docs/jobs.md lists them.',
    )
  }
  const account = `${prefix}_DATA_SOURCE`
  const date: Cell = {
    column: 'Date',
    text: `${record}${time.access}`,
    valueOf: (valueAt) => valueAt(time.path),
  }
  return {
    cells: [date, ...columns.map((wish) => cellOf(record, wish))],
    destination: [
      'dataSources({',
      "reportSuite: input('ANALYTICS_REPORT_SUITE'),",
      `account: input('${account}'),`,
      "kind: 'summary',",
      `timeZone: ${quoted(timeZone)},`,
      `columns: [${columns.map(({ column }) => quoted(column)).join(', ')}],`,
      '})',
    ].join('\n'),
    imports: ['dataSources'],
    helpers: [],
    inputs: [{ name: account, note: 'Id or name of the data source (Analytics > Admin > Data Sources).' }],
  }
}

function cellOf(record: string, { column, leaf }: ColumnWish): Cell {
  if (!isDimension(column) && !isMetric(column)) {
    throw wrong(
      `--column: Data Sources have no column "${column}".`,
      'Such as "Tracking Code", "Evar 1", "Event 10", Orders, Price; the blank counts.',
    )
  }
  if (!leaf) throw wrong(`--column ${column} names no field.`, `Such as --column "${column}=<field>".`)
  if (isDimension(column)) return textCell(record, column, leaf)
  if (leaf.isMissing) {
    throw wrong(
      `--column ${column}=${leaf.path}: the number is not in every record.`,
      'Choose another field, or write the job by hand: docs/jobs.md.',
    )
  }
  return {
    column,
    text: numberText(record, column, leaf),
    valueOf: (valueAt) => numberOf(valueAt(leaf.path)),
  }
}
