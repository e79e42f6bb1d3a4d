import { metricIdOf } from './metric-ids'
import type { CheckFinding } from '../destination'
import type { SuiteFacts } from '../suite-facts'

/** What a check compares with the report suite. */
export interface CheckedDefinition {
  readonly columns: readonly string[]
  readonly timeZone: string
}

type Rows = readonly Readonly<Record<string, unknown>>[]

/**
 * Checks the columns that a job declares, their values and the job's time zone against the suite. Pure.
 * @param rows a sample as `map` makes them; without one only the declaration is checked
 */
export function checkColumns(
  { columns, timeZone }: CheckedDefinition,
  rows: Rows,
  facts: SuiteFacts,
): readonly CheckFinding[] {
  return [
    ...suiteFindings(timeZone, facts),
    ...columns.flatMap((column) => columnFindings(column, rows, facts)),
    note(
      '',
      'The suite cannot be asked whether transaction IDs are enabled, nor for categories and marketing channels: these hold as the job declares them.',
    ),
  ]
}

function suiteFindings(timeZone: string, { suite }: SuiteFacts): readonly CheckFinding[] {
  const { parentRsid, timezoneZoneinfo, currency = 'an unknown currency' } = suite
  const isOther = timezoneZoneinfo !== undefined && !hasSameClocks(timeZone, timezoneZoneinfo)
  return [
    ...(parentRsid
      ? [fault('reportSuite', `is a virtual report suite of ${parentRsid}: data goes to that one only`)]
      : []),
    ...(isOther ? [fault('timeZone', `is ${timeZone}; the suite cuts its days in ${timezoneZoneinfo}`)] : []),
    note('reportSuite', `counts money in ${currency}`),
  ]
}

/** Zones have several names: compares their clocks in all seasons, and where only some zones have changed to summer time. */
function hasSameClocks(zone: string, other: string): boolean {
  const instants = [0, 3, 6, 9].map((month) => new Date(Date.UTC(2026, month, 21, 12)))
  const clocksOf = (timeZone: string) => {
    const format = new Intl.DateTimeFormat('en', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    return instants.map((instant) => format.format(instant)).join()
  }
  try {
    return clocksOf(zone) === clocksOf(other)
  } catch {
    // A name that this runtime does not know proves nothing.
    return true
  }
}

function columnFindings(
  column: string,
  rows: Rows,
  { dimensions, metrics }: SuiteFacts,
): readonly CheckFinding[] {
  const eVar = /^Evar (\d+)$/.exec(column)?.[1]
  const dimensionId = eVar
    ? `variables/evar${eVar}`
    : column === 'Tracking Code'
      ? 'variables/campaign'
      : null
  if (dimensionId !== null) {
    const dimension = dimensions.get(dimensionId)
    return dimension ? visibility(column, dimension) : [fault(column, unlisted)]
  }
  const metricId = metricIdOf(column)
  if (metricId === undefined) return []
  const metric = metrics.get(metricId)
  if (!metric) return [fault(column, unlisted)]
  const isCounter = metric.type === 'int'
  const fraction = rows.flatMap((row) => numberOf(row[column])).find((value) => value % 1 !== 0)
  return [
    ...visibility(column, metric),
    ...(isCounter && fraction !== undefined
      ? [fault(column, `counts whole numbers in this suite; \`map\` sets ${fraction}`)]
      : []),
  ]
}

function visibility(
  column: string,
  { allowedForReporting }: { readonly allowedForReporting?: boolean | undefined },
): readonly CheckFinding[] {
  if (allowedForReporting !== false) return []
  return [fault(column, 'is not allowed for reporting: its values would be stored and shown to nobody')]
}

function numberOf(value: unknown): readonly number[] {
  return typeof value === 'number' ? [value] : []
}

const unlisted =
  'is not among the variables that the suite lists: it does not exist, is disabled, or the product profile hides it'

function fault(subject: string, message: string): CheckFinding {
  return { level: 'fault', subject, message }
}

function note(subject: string, message: string): CheckFinding {
  return { level: 'note', subject, message }
}
