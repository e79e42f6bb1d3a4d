import type * as z from 'zod'
import type { DestinationDefinition } from '../destinations/destination'
import type { InputReference } from '../inputs'
import type { SourceDefinition } from '../sources/source'
import type { Joins } from './join-rule'
import type { Sync } from './sync'

/** Which records may be used. */
export interface ConsentRule {
  /** Where the consent is in the record, such as `consent.analytics`. */
  readonly field: string
  /** The values that mean consent. Any other one, and an absent field, means none. */
  readonly granted: readonly (string | number | boolean)[]
}

/** `allow`: the report says it. `warn`: a note says it too. `fail`: nothing of such records is committed. */
export type DriftPolicy = 'allow' | 'warn' | 'fail'

/**
 * A job: its source, how a record counts as new, the schema of one record, the mapping to rows, and their destination.
 * Its name is its identity: all its durable state is stored under that name.
 */
export interface Job {
  /** Lower case letters, digits and dashes. */
  readonly name: string
  readonly source: SourceDefinition
  readonly sync: Sync
  /** Fields of other sources, by the name of the field that gets them. */
  readonly joins?: Joins
  /** A record it refuses becomes a reject, never a crash. */
  readonly record: z.ZodType
  /** One row, several, or null to leave the record out. Where it throws, the record becomes a reject. */
  readonly map: (record: unknown, inputs?: Readonly<Record<string, string>>) => unknown
  /** The inputs whose values `map` receives. */
  readonly inputs?: Readonly<Record<string, InputReference>>
  /** Records without consent are filtered: `map` does not see them. */
  readonly consent?: ConsentRule
  readonly destination: DestinationDefinition
  /** Policy for records that differ from `record`. Default `allow`. */
  readonly drift?: DriftPolicy
  /** Each commit with rows is a plan that waits for `approve=<plan id>`. */
  readonly approval?: 'required'
  /** How many rows a commit of the ordinary work has; any other number waits for a person. Both ends included. */
  readonly expect?: { readonly rows: readonly [least: number, most: number] }
  /** Faults of the definition. A job with faults does not open; the other jobs do. */
  readonly faults: readonly string[]
}
