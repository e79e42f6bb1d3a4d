import { TZDate } from '@date-fns/tz'
import { addDays, addHours, addMonths, addWeeks } from 'date-fns'
import type { Schedule } from '../jobs/schedule'

/** A half-open range of instants, ms since the epoch. */
export interface Slice {
  readonly from: number
  readonly to: number
}

const step: Record<Schedule['period'], (date: TZDate) => Date> = {
  hour: (date) => addHours(date, 1),
  day: (date) => addDays(date, 1),
  week: (date) => addWeeks(date, 1),
  month: (date) => addMonths(date, 1),
}

/** The instant where a schedule begins: midnight in its zone where it is a mere date. */
export function scheduleStart({ start, timeZone }: Schedule): number {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(start)) return Date.parse(start)
  const [year = 0, month = 1, day = 1] = start.split('-').map(Number)
  return new TZDate(year, month - 1, day, timeZone).getTime()
}

/** The slice that begins at `from`, one period long on the zone's own clock. */
export function sliceFrom(from: number, { period, timeZone }: Schedule): Slice {
  return { from, to: step[period](new TZDate(from, timeZone)).getTime() }
}

/** True once the slice's records have settled at the source. */
export function isDue(slice: Slice, { settlingMs = 0 }: Schedule, storeNow: number): boolean {
  return storeNow >= slice.to + settlingMs
}

/** A name fit for files, such as `slice-20260329T220000Z`. */
export function sliceName({ from }: Slice): string {
  return `slice-${new Date(from).toISOString().replace(/[-:]|\.\d+/g, '')}`
}
