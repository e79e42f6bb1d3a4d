import * as z from 'zod'
import { FieldPath, parseOptions } from '../options'
import { PositiveDurationMs, TimeZone } from './declaration'
import type { Mistake } from '../mistake'
import type { Duration, InstantUnit, PageCursor, RecordCursor } from './sync'

/** How the instants of a cursor are written. */
export interface InstantOptions<Unit extends InstantUnit = InstantUnit> {
  /** `iso`: ISO 8601 text or a `Date`; `s`, `ms`: a number since the epoch. Default `iso`. */
  readonly unit?: Unit
  /** IANA zone of ISO 8601 texts that carry none. Default: such a text cannot be read, and its record is a reject. */
  readonly timeZone?: Unit extends 'iso' ? string : Mistake<'A number since the epoch has no time zone.'>
  /**
   * How far a record may be ahead of the clock. One further ahead is the reject `cursor-ahead`, because it would move
   * the cursor past everything to come. Default 5 minutes.
   */
  readonly tolerance?: Duration
}

const Options = z
  .strictObject({
    path: FieldPath,
    unit: z.enum(['iso', 's', 'ms'], { error: 'must be "iso", "s" or "ms"' }).default('iso'),
    timeZone: TimeZone.nullable().default(null),
    tolerance: PositiveDurationMs.default(5 * 60_000),
  })
  .refine(({ unit, timeZone }) => unit === 'iso' || timeZone === null, {
    path: ['timeZone'],
    error: 'has no effect on numbers since the epoch',
  })

/** A cursor of instants, in the record's field at `path`, such as `meta.updatedAt`. */
export function instant<const Path extends string, const Unit extends InstantUnit = 'iso'>(
  path: Path,
  given: InstantOptions<Unit> = {},
): RecordCursor<Path, 'instant', Unit> {
  const { options, faults } = parseOptions(`instant(${JSON.stringify(path)})`, Options, { path, ...given })
  return {
    kind: 'record',
    notation: 'instant',
    path,
    unit: given.unit ?? ('iso' as Unit),
    timeZone: options?.timeZone ?? null,
    toleranceMs: options?.tolerance ?? 0,
    faults,
  }
}

/** A cursor of numbers, such as an ever rising id, in the record's field at `path`. */
export function number<const Path extends string>(path: Path): RecordCursor<Path, 'number', 'iso'> {
  return plain('number', path)
}

/** A cursor of texts that sort as the source sorts them: code unit by code unit. */
export function text<const Path extends string>(path: Path): RecordCursor<Path, 'text', 'iso'> {
  return plain('text', path)
}

/** Each page carries the cursor of the next: file names, offsets, tokens. */
export function pageCursor(): PageCursor {
  return { kind: 'page' }
}

function plain<N extends 'number' | 'text', Path extends string>(
  notation: N,
  path: Path,
): RecordCursor<Path, N, 'iso'> {
  const { faults } = parseOptions(`${notation}(${JSON.stringify(path)})`, z.object({ path: FieldPath }), {
    path,
  })
  return { kind: 'record', notation, path, timeZone: null, unit: 'iso', toleranceMs: 0, faults }
}
