import type { UpTo1000, UpTo250 } from '../variable-number'

/** Headers of dimensions, as Adobe spells them: the blank counts. `transactionID` belongs to a kind of its own. */
export type Dimension =
  | 'Category'
  | `Evar ${UpTo250}`
  | 'Marketing Channel'
  | 'Marketing Channel Detail'
  | 'Product'
  | 'Tracking Code'
  | 'Zip'

/** Headers of metrics; `Price` is revenue, `Quantity` are units, `Cart Opens` are carts. */
export type Metric =
  | 'Cart Adds'
  | 'Cart Removes'
  | 'Cart Views'
  | 'Cart Opens'
  | 'Checkouts'
  | `Event ${UpTo1000}`
  | 'Orders'
  | 'Price'
  | 'Quantity'

/**
 * The columns that a Data Sources file may have beside its date and its transaction ID. Adobe knows no others.
 * @see https://experienceleague.adobe.com/en/docs/analytics/import/data-sources/file-format
 */
export type DataSourceColumn = Dimension | Metric

/** `summary`: totals of a day. `transaction-id`: more about an online transaction, found by its id. */
export type DataSourceKind = 'summary' | 'transaction-id'

/** One row, with the columns that the job declares. An absent or undefined column stays empty. */
export type DataSourceRow<Kind extends DataSourceKind, Column extends DataSourceColumn> = {
  /** A day (`2026-01-31`), which Adobe takes for its noon; or an instant: ISO 8601 with its offset, or a Date. */
  readonly Date: string | Date
} & (Kind extends 'transaction-id' ? Transaction : unknown) & {
    readonly [Name in Column]?: (Name extends Metric ? number : string) | undefined
  }

interface Transaction {
  readonly transactionID: string
  /**
   * When the online hit with this transaction ID was collected; it is checked and not sent. Null where the source does
   * not know it: Adobe then silently joins the row to no hit where the hit is too old, too young or missing.
   */
  readonly onlineDate: string | Date | null
}

const dimensions = new Set([
  'Category', 'Marketing Channel', 'Marketing Channel Detail', 'Product', 'Tracking Code', 'Zip',
]) // prettier-ignore
const metrics = new Set([
  'Cart Adds', 'Cart Removes', 'Cart Views', 'Cart Opens', 'Checkouts', 'Orders', 'Price', 'Quantity',
]) // prettier-ignore

export function isDimension(name: string): boolean {
  return dimensions.has(name) || isNumbered(name, /^Evar ([1-9]\d*)$/, 250)
}

export function isMetric(name: string): boolean {
  return metrics.has(name) || isNumbered(name, /^Event ([1-9]\d*)$/, 1000)
}

function isNumbered(name: string, pattern: RegExp, last: number): boolean {
  const number = pattern.exec(name)?.[1]
  return number !== undefined && Number(number) <= last
}
