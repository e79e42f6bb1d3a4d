import type { AuthenticationPlan, JobInput } from './authentication'
import type { ApiAddress } from './fetch-page'
import type { Mapping } from './mapping'
import type { JobNames } from './names'
import type { Survey } from './survey'

export const destinationKinds = ['bulk-data-insertion', 'data-sources', 'classifications'] as const
export type DestinationKind = (typeof destinationKinds)[number]

/** How the source filters, as an option of `restSource`; null where everything is read each time. */
export interface SyncPlan {
  /** Such as `incremental({ … })`. */
  readonly text: string
  readonly filter: string | null
  readonly imports: readonly string[]
  /** How the job reads, as a sentence for a person. */
  readonly says: string
}

/** Everything that the files of a new job say. */
export interface JobPlan {
  readonly names: JobNames
  readonly address: ApiAddress
  readonly authentication: AuthenticationPlan
  readonly survey: Survey
  readonly paginator: string | null
  readonly sync: SyncPlan
  readonly mapping: Mapping
  /** All inputs of the job but those of Adobe. */
  readonly inputs: readonly JobInput[]
  /** Such as `*\/15 * * * *`. */
  readonly cron: string
  /** How often the alarm fires. */
  readonly minutes: number
  readonly alarm: string
}
