import { monthsLater, readDate } from './date-value'
import { reject } from './row-rules'
import type { Reject } from '../destination'
import type { ReadDate } from './date-value'
import type { RowLayout } from './row-encoder'

/**
 * The reason why a row cannot join the online hit of its transaction; null where none is known. Adobe silently joins
 * such a row to no hit.
 */
export function transactionFault(
  { transactionID, onlineDate }: Readonly<Record<string, unknown>>,
  date: ReadDate,
  { timeZone, settings, clock }: Pick<RowLayout, 'timeZone' | 'settings' | 'clock'>,
): Reject | null {
  if (typeof transactionID !== 'string' || transactionID.trim() === '')
    return reject('transaction-id-missing', 'transactionID', 'is missing')
  if (onlineDate === null) return null
  const hit = readDate(onlineDate, timeZone)
  if (!hit)
    return reject(
      'date-invalid',
      'onlineDate',
      'is neither a day nor an instant with its offset, from 1973 on, nor null',
    )
  if (isBefore(date, hit))
    return reject('transaction-before-hit', 'Date', `${date.text} is before the online hit of ${hit.text}`)
  const { dataSourceHitMs, dataSourceHitMonths } = settings
  if (hit.ms + dataSourceHitMs > clock.now())
    return reject(
      'transaction-hit-too-young',
      'onlineDate',
      `the online hit of ${hit.text} may not be processed yet: give the job a lag of ${dataSourceHitMs / 3_600_000} h`,
    )
  if (monthsLater(hit.ms, dataSourceHitMonths) <= clock.now())
    return reject(
      'transaction-expired',
      'onlineDate',
      `the online hit of ${hit.text} is older than ${dataSourceHitMonths} months`,
    )
  return null
}

/** Days are compared as days: a day has no time at which it begins. */
function isBefore(date: ReadDate, hit: ReadDate): boolean {
  const isDay = (one: ReadDate) => one.text.length === dayLength
  if (!isDay(date) && !isDay(hit)) return date.ms < hit.ms
  return date.sortable.slice(0, dayLength) < hit.sortable.slice(0, dayLength)
}

const dayLength = 'MM/DD/YYYY'.length
