import { JobError } from '../../errors'
import { writeInstant } from './instant-format'
import { placeOf } from './place'
import type { ReadRequest, TimeRange } from '../source'
import type { Assignment } from './place'
import type { RangeParams, RestSource } from './rest-options'

/** The values of a read, at the places that the source declares. */
export function valuesOf(definition: RestSource, request: ReadRequest): Assignment[] {
  const { sinceParam, sinceStart, rangeParams } = definition
  const isRange = request.mode === 'sliced' && rangeParams !== undefined
  const range = isRange ? rangeValues(definition, rangeParams, request.range) : []
  if (sinceParam === undefined) return range
  const place = placeOf(sinceParam)
  // The two filters are alternatives, but a placeholder of the path needs a value in either case.
  if (isRange && place.in !== 'path') return range
  const value = (request.mode === 'incremental' ? sinceOf(definition, request) : null) ?? sinceStart
  return value === undefined ? range : [...range, { place, value }]
}

function rangeValues(
  { rangeFormat = 'iso' }: RestSource,
  params: RangeParams,
  { from, to }: TimeRange,
): Assignment[] {
  return [
    { place: placeOf(params.from), value: writeInstant(rangeFormat, Date.parse(from), 'down') },
    { place: placeOf(params.to), value: writeInstant(rangeFormat, Date.parse(to), 'up') },
  ]
}

function sinceOf(
  { sinceFormat }: RestSource,
  { since, sinceMs = null }: Extract<ReadRequest, { mode: 'incremental' }>,
): string | number | null {
  if (since === null || sinceFormat === undefined) return since
  if (sinceMs !== null) return writeInstant(sinceFormat, sinceMs, 'down')
  throw new JobError(
    'job-invalid',
    'The source writes its cursor with `sinceFormat`, and the cursor of the job is not an instant.',
    'Take `sinceFormat` out of the source, or declare the cursor with instant(…).',
  )
}
