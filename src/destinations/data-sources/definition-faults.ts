import { isTimeZone } from '../../instant'
import { isDimension, isMetric } from './columns'

/** The options of a definition, unchecked: the compiler does not check dynamic values and JavaScript. */
interface Declared {
  readonly account: unknown
  readonly kind: string
  readonly columns: readonly string[]
  readonly timeZone: string
  readonly negatives?: readonly string[] | undefined
  readonly repeats?: unknown
  readonly allowPersonalData?: readonly string[] | undefined
}

/** The faults of a definition, each as a sentence. */
export function definitionFaults(declared: Declared): readonly string[] {
  const { account, kind, columns, timeZone, negatives = [], repeats, allowPersonalData = [] } = declared
  const isTransaction = kind === 'transaction-id'
  const faults: string[] = []
  if (!isTransaction && kind !== 'summary') faults.push(`"kind" must be "summary" or "transaction-id".`)
  if (account === '') faults.push('"account" must be the id or the name of a data source.')
  if (!isTimeZone(timeZone)) faults.push(`"timeZone" must be an IANA time zone; "${timeZone}" is none.`)
  for (const name of columns) {
    if (!isDimension(name) && !isMetric(name)) faults.push(`Adobe knows no column "${name}" in Data Sources.`)
  }
  const repeated = columns.find((name, at) => columns.indexOf(name) !== at)
  if (repeated !== undefined) faults.push(`The column "${repeated}" is listed twice.`)
  if (!columns.some(isMetric)) faults.push('"columns" needs a metric, such as "Event 1".')
  if (!isTransaction && !columns.some(isDimension))
    faults.push('"columns" needs a dimension, such as "Tracking Code".')
  for (const name of negatives) {
    if (!isMetric(name) || !columns.includes(name))
      faults.push(`"negatives" lists "${name}", which is no metric among the columns.`)
  }
  for (const name of allowPersonalData) {
    if (!isDimension(name) || !columns.includes(name))
      faults.push(`"allowPersonalData" lists "${name}", which is no dimension among the columns.`)
  }
  if (isTransaction && repeats !== undefined)
    faults.push('"repeats" has no effect on transactions: their rows are never put together.')
  else if (repeats !== undefined && repeats !== 'reject' && repeats !== 'sum')
    faults.push('"repeats" must be "reject" or "sum".')
  return faults
}
