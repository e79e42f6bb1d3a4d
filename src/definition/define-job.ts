import type * as z from 'zod'
import { jobFaults } from './job-faults'
import type { DestinationDefinition, Semantics } from '../destinations/destination'
import type { InputReference } from '../inputs'
import type { Capability, Paging, SourceDefinition } from '../sources/source'
import type { ConsentRule, DriftPolicy, Job } from './job'
import type { JoinRules, Joins } from './join-rule'
import type { AnyRule, ExactRows, RowsOf } from './row-rule'
import type { Sync } from './sync'
import type { SyncRule } from './sync-rule'

type MapInputs = Readonly<Record<string, InputReference>>

/** A {@link Job} as its author writes it. */
export interface JobDefinition<
  C extends Capability,
  P extends Paging,
  Schema extends z.ZodType,
  S extends Sync,
  Row,
  D extends Semantics,
  Mapped,
  I extends MapInputs = MapInputs,
  J extends Joins = Joins,
> {
  /** The job's identity: all its state is stored under this name. Lower case letters, digits and dashes. */
  readonly name: string
  /** Where the records come from. */
  readonly source: SourceDefinition<C, P>
  /** The sync mode: `incremental`, `sliced` or `fullRefresh`. */
  readonly sync: S & SyncRule<S, z.output<Schema>, C, P, D>
  /** Fields of a second source, by the name of the record's field that gets them: `join(…)`. */
  readonly joins?: J & JoinRules<J, z.input<Schema>>
  /** The schema of one record. A record that it refuses becomes a reject. */
  readonly record: Schema
  /**
   * Makes the rows of a record: one, several, or null to leave the record out. Synchronous. Where it throws, the record
   * becomes a reject.
   */
  readonly map: (
    record: z.output<Schema>,
    inputs: { readonly [Name in keyof I]: string },
  ) => ExactRows<Mapped, Row>
  /** Inputs that `map` gets the values of, such as the salt of `hashed`. Secrets stay out of logs and errors. */
  readonly inputs?: I
  /** Which records may be used: those of others are left out, and counted as filtered. Default: all. */
  readonly consent?: ConsentRule
  /** Where the rows go. */
  readonly destination: DestinationDefinition<Row, D>
  /**
   * Policy for records with undeclared fields, missing fields, or other types than `record` declares. Default `allow`.
   */
  readonly drift?: DriftPolicy
  /** A person approves what is sent: each run makes one commit, which waits for `approve=<plan id>`. */
  readonly approval?: 'required'
  /**
   * How many rows a commit usually has, both ends included: a slice, a full refresh, or what one incremental run reads.
   * Any other number waits for a person.
   */
  readonly expect?: { readonly rows: readonly [least: number, most: number] }
}

/**
 * Declares a job. Mistakes do not compile; time zones, dynamic values and JavaScript are checked here and reported when
 * the job is opened. Never throws, so that a faulty job does not stop the others.
 */
export function defineJob<
  const C extends Capability,
  const P extends Paging,
  Schema extends z.ZodType,
  S extends Sync,
  Row,
  const D extends Semantics,
  const Mapped extends RowsOf<Row>,
  // eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- a job without inputs: map gets none
  const I extends MapInputs = Record<never, never>,
  // eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- a job without joins
  const J extends Joins = Record<never, never>,
>(definition: JobDefinition<C, P, Schema, S, Row, D, Mapped, I, J> & AnyRule<Mapped>): Job {
  const job = definition as unknown as Omit<Job, 'faults'>
  return { ...job, faults: jobFaults(job) }
}
