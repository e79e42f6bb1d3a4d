import * as z from 'zod'
import { FieldPath, parseOptions } from '../options'
import type { SourceDefinition } from '../sources/source'

/** What becomes of a record whose key the second source does not have. */
export type WhenUnmatched = 'reject' | 'null'

/** The size up to which the second source is read. */
export interface JoinLimits {
  /** Default 20,000; at most 200,000. */
  readonly records?: number
  /** Of the joined fields as JSON. Default 8; at most 32. */
  readonly megabytes?: number
}

export interface JoinOptions<Field extends string, When extends WhenUnmatched> {
  /** The second source. It is read whole, once a run. */
  readonly source: SourceDefinition
  /** The field of its records that identifies them, such as `id`. */
  readonly key: string
  /** The field of the job's records that has the key, such as `campaignId`. */
  readonly by: string
  /** The fields of its records that are joined. */
  readonly fields: readonly [Field, ...Field[]]
  /** Policy for a record without a match: it is a reject (`join-unmatched`), or gets null. */
  readonly whenUnmatched: When
  /**
   * True where a change in the second source changes the records that match, which `onChange` of the sync mode then
   * decides. Default false: the joined fields are no part of a record's content.
   */
  readonly changesRecords?: boolean
  /** A larger source is an error. */
  readonly limits?: JoinLimits
}

/** Fields of a second source that the records of a job get before they are parsed. */
export interface Join<
  Field extends string = string,
  When extends WhenUnmatched = WhenUnmatched,
> extends JoinOptions<Field, When> {
  readonly changesRecords: boolean
  readonly limits: Required<JoinLimits>
  /** Faults of the declaration. Its job does not open; the other jobs do. */
  readonly faults: readonly string[]
}

const defaults = { records: 20_000, megabytes: 8 }
const fieldName = z.string('must be a text').regex(/^[^.]+$/, 'must be the name of a field, without a dot')

const Options = z.strictObject({
  source: z.custom<SourceDefinition>(
    (value) => typeof value === 'object' && value !== null && 'faults' in value && 'open' in value,
    'must be a source, such as restSource(…)',
  ),
  key: FieldPath,
  by: FieldPath,
  fields: z.array(fieldName, 'must be a list of fields').min(1, 'must name a field'),
  whenUnmatched: z.enum(['reject', 'null'], 'must be "reject" or "null"'),
  changesRecords: z.boolean('must be true or false').optional(),
  limits: z
    .strictObject({
      records: z
        .int('must be a whole number')
        .positive('must be positive')
        .max(200_000, 'must be 200,000 at most: the records have to fit into memory')
        .optional(),
      megabytes: z
        .number('must be a number')
        .positive('must be positive')
        .max(32, 'must be 32 at most: the records have to fit into memory')
        .optional(),
    })
    .optional(),
})

/** Fields of a second source, which is small and read whole, such as the names of campaigns by id. */
export function join<const Field extends string, const When extends WhenUnmatched>(
  given: JoinOptions<Field, When>,
): Join<Field, When> {
  const { options, faults } = parseOptions('join', Options, given)
  const { source } = given
  return {
    ...given,
    changesRecords: given.changesRecords ?? false,
    limits: { ...defaults, ...given.limits },
    faults: options
      ? [
          ...source.faults.map((fault) => `source: ${fault.replace(/\.$/, '')}`),
          ...(source.consent ? ['source: asks for a consent in the browser, which only `source` can'] : []),
        ]
      : faults,
  }
}
