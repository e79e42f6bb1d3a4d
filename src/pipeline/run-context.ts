import type { Clock } from '../clock'
import type { Destination } from '../destinations/destination'
import type { Job } from '../definition/job'
import type { Log } from '../log'
import type { Source } from '../sources/source'
import type { BlobStore } from '../state/blob-store'
import type { JobState } from '../state/job-state'
import type { DriftWatch } from './drift/watch-drift'
import type { Deadline } from './deadline'
import type { RunFiles } from './run-files'
import type { Enrichment } from './joins/enrichment'
import type { EngineSettings } from './settings'

/** How a person resolves a held batch or a block. */
export type Resolution = 'sent' | 'resend' | 'drop' | 'continue'

/** An operator's request to this run, beyond the work that is due. */
export interface Command {
  readonly force: boolean
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Id of a held batch; name of a slice, backfill or replay; `plan`, `rejects`, `definition`, `regrouping`, or the code of a block. */
  readonly resolve?: string | undefined
  readonly as?: Resolution | undefined
  /** Id of the plan that a person has seen: exactly its batches may be sent. */
  readonly approve?: string | undefined
  /** Run that accepted the same command within the hour: accept it once more. */
  readonly again?: string | undefined
}

/** The dependencies of a run. */
export interface RunDependencies {
  readonly job: Job
  readonly source: Source
  /** The second sources of the job's joins; absent where it has none. */
  readonly enrichment?: Enrichment | null
  readonly destination: Destination
  readonly store: BlobStore
  readonly settings: EngineSettings
  readonly command: Command
  readonly clock: Clock
  readonly deadline: Deadline
  readonly log: Log
  /** Names this execution to people: the activation id. */
  readonly activation: string
  /** Folder on the local disk for data that does not fit into memory. */
  readonly scratch: string
  /** A fresh name each time, fit for a folder. */
  readonly newId: () => string
  /** Redacts known secrets in a text. Every text from outside passes it before it is stored, reported or thrown. */
  readonly redact: (text: string) => string
  /** Invokes the same job again, without waiting for it. */
  readonly invokeSelf: () => Promise<void>
}

/** One run while it holds the lease. Stages take the parts that they use. */
export interface RunContext extends RunDependencies {
  readonly state: JobState
  readonly files: RunFiles
  /** The differences between the records of this run and their schema. */
  readonly drift: DriftWatch
  /** Aborted when the lease is lost: write, send and delete nothing more. */
  readonly signal: AbortSignal
  /** On the store's clock. */
  readonly startedAt: number
}
