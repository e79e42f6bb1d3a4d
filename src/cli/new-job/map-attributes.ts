import { isClassifiedVariable } from '../../destinations/classifications/classification-row'
import { findLeaf, notScalar, wrong } from './mapping'
import { quoted } from './schema-text'
import type { Leaf } from './leaves'
import type { Cell, ColumnWish, Mapping } from './mapping'
import type { JobNames } from './names'
import type { Survey } from './survey'

/**
 * Rows of Classifications: the attributes of a key.
 * @throws JobError `params-invalid` for columns and fields that do not fit
 */
export function mapAttributes(
  { record }: JobNames,
  survey: Survey,
  { key, variable, columns }: { key: string; variable: string; columns: readonly ColumnWish[] },
): Mapping {
  if (!isClassifiedVariable(variable)) {
    throw wrong(
      `--variable: Adobe classifies no variable "${variable}".`,
      'It is one of eVar1 to eVar250, prop1 to prop75, campaign, page, product, server, siteSection.',
    )
  }
  return {
    cells: [
      cellOf(record, 'key', findLeaf(survey, key, '--primary-key')),
      ...columns.map(({ column, leaf }) => {
        if (!leaf) throw wrong(`--column ${column} names no field.`, `Such as --column "${column}=<field>".`)
        return cellOf(record, column, leaf)
      }),
    ],
    destination: [
      'classifications({',
      "reportSuite: input('ANALYTICS_REPORT_SUITE'),",
      `variable: ${quoted(variable)},`,
      `columns: [${columns.map(({ column }) => quoted(column)).join(', ')}],`,
      '})',
    ].join('\n'),
    imports: ['classifications'],
    helpers: [],
    inputs: [],
  }
}

/** A missing value leaves the stored one as it is. */
function cellOf(record: string, column: string, leaf: Leaf): Cell {
  const { shape, isMissing, path, access } = leaf
  const field = `${record}${access}`
  if (shape.kind === 'boolean') {
    const text = isMissing ? `${field}?.toString() ?? null` : `String(${field})`
    return {
      column,
      text,
      valueOf: (valueAt) => {
        const value = valueAt(path)
        return typeof value === 'boolean' ? String(value) : null
      },
    }
  }
  if (shape.kind !== 'text' && shape.kind !== 'number') throw notScalar(column, leaf)
  return {
    column,
    text: isMissing ? `${field} ?? null` : field,
    valueOf: (valueAt) => valueAt(path) ?? null,
  }
}
