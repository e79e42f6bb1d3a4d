import type { Clock } from '../clock'
import type { Destination } from '../destinations/destination'
import type { Job } from '../jobs/job'
import type { Log } from '../log'
import type { Source } from '../sources/source'
import type { BlobStore } from '../state/blob-store'
import type { JobState } from '../state/job-state'
import type { OpenBatchFile } from './staging/batch-file'
import type { Deadline } from './deadline'
import type { Resolution } from './holds'
import type { RunFiles } from './run-files'
import type { Settings } from './settings'

/** What a person asked of this run beyond "work off what is due". */
export interface RunRequest {
  readonly force: boolean
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Key of a held batch, name of the slice that blocks the schedule, or `rejects`. */
  readonly resolve?: string | undefined
  readonly as?: Resolution | undefined
}

/** What a run needs from outside. */
export interface RunDependencies {
  readonly job: Job
  readonly source: Source
  readonly destination: Destination
  readonly store: BlobStore
  readonly settings: Settings
  readonly request: RunRequest
  readonly clock: Clock
  readonly deadline: Deadline
  readonly log: Log
  /** Names this execution to people: the activation id. */
  readonly activation: string
  /** Folder on the local disk for what does not fit into memory. */
  readonly scratch: string
  /** How batches are compressed. */
  readonly openFile: OpenBatchFile
  /** A fresh name each time, fit for a folder. */
  readonly newId: () => string
  /** Invokes the same job again, without waiting for it. */
  readonly continueLater: () => Promise<void>
}

/** What every stage of one run works with, while it holds the lease. */
export interface RunContext extends RunDependencies {
  readonly state: JobState
  readonly files: RunFiles
  /** Aborted when the lease is lost: write, send and delete nothing more. */
  readonly signal: AbortSignal
  /** On the store's clock. */
  readonly startedAt: number
}
