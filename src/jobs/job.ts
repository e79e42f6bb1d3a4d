import type * as z from 'zod'
import type { DestinationDefinition } from '../destinations/destination'
import type { SourceDefinition } from '../sources/source'
import type { Schedule } from './schedule'

/**
 * A job: where the data comes from, what one record looks like, how it becomes rows, where they go.
 * Its name is its identity: all its durable state lies under that name.
 */
export interface Job<Record = unknown, Row = unknown> {
  /** Lower case letters, digits and dashes. */
  readonly name: string
  readonly source: SourceDefinition
  /** A record it refuses becomes a reject, never a crash. */
  readonly record: z.ZodType<Record>
  /**
   * Present where the source delivers records in one total order and can be read again from any position.
   * Returns the record's position, compared as a string and handed back to the source as `since`.
   */
  readonly position?: (record: Record) => string
  /** Present where time is worked off in slices; done slices are never read again. */
  readonly schedule?: Schedule
  /** What makes a record the same record when it is read twice; its whole content where absent. */
  readonly key?: (record: Record) => string
  /** One row, several, or none where the record is not wanted. */
  readonly map: (record: Record) => NoInfer<Row> | readonly NoInfer<Row>[] | null
  readonly destination: DestinationDefinition<Row>
  /**
   * Reads a stretch again to find what came late: from a position, or an instant in ISO 8601, it returns an earlier
   * one. Needs `key`, by which records already taken are recognised.
   */
  readonly lookback?: (from: string) => string
  /** What happens to a record that was sent and comes again with other content. Default `ignore`. */
  readonly changed?: 'ignore' | 'reject' | 'send'
  /** True where a slice's records come in no order: they are sorted by time on local disk. */
  readonly unsorted?: boolean
  /** What happens to a row that is older than what its visitor group has already sent. Default `send`. */
  readonly late?: 'send' | 'reject'
}

const namePattern = /^[a-z][a-z0-9-]{0,62}$/

/**
 * Declares a job and infers its types.
 * @throws RangeError on a name that cannot be a folder
 */
// `Mapped` keeps literals such as `linkType: 'o'` from widening to string.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function defineJob<Record, Row, const Mapped extends Row | readonly Row[] | null>(
  job: Job<Record, Row> & { readonly map: (record: Record) => Mapped },
): Job {
  if (!namePattern.test(job.name)) {
    throw new RangeError(`The job name "${job.name}" must match ${namePattern.source}.`)
  }
  const fault = faultOf(job as unknown as Job)
  if (fault) throw new RangeError(`The job "${job.name}" ${fault}.`)
  return job as unknown as Job
}

function faultOf({ position, schedule, key, lookback, changed, unsorted }: Job): string | null {
  if (!position && !schedule && !key)
    return 'needs `position`, `schedule` or `key`, or each run would send all again'
  if (lookback && !key) return 'has `lookback`, which needs `key`'
  if (changed && !key) return 'has `changed`, which needs `key`'
  if (unsorted && position) return 'is `unsorted`, which contradicts `position`'
  return null
}
