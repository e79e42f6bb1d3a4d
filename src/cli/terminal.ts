import type { Clock } from '../clock'
import type { HttpClient } from '../http/http-client'
import type { HttpDownload } from '../http/http-download'
import type { Job } from '../definition/job'

/** What the command line needs to know of a job. */
export type ListedJob = Pick<Job, 'name' | 'faults'> & {
  readonly sync: Pick<Job['sync'], 'mode'>
  readonly source: Pick<Job['source'], 'kind'>
  readonly destination: Pick<Job['destination'], 'kind'>
  /** Names of all inputs that the job reads, each once. */
  readonly inputNames: readonly string[]
}

/** The practice shop: an API on this machine, for learning. */
export interface PracticeShop {
  /** Scheme, host and port. */
  readonly url: string
  readonly client: { readonly id: string; readonly secret: string }
  stop(): Promise<void>
}

/** The dependencies of the command line. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly http: HttpClient
  readonly download: HttpDownload
  readonly clock: Clock
  /** 0 … 1 */
  readonly random: () => number
  readonly jobs: readonly ListedJob[]
  /** The folder of the project. */
  readonly folder: string
  /** For results. */
  readonly print: (text: string) => void
  /** For notes and errors, so that results can be piped. */
  readonly say: (text: string) => void
  /** One line that is overwritten while long work goes on; null clears it. Shows nothing where no terminal is. */
  readonly progress: (text: string | null) => void
  /** Asks a person; null where no terminal is. */
  readonly ask: ((question: string) => Promise<string>) | null
  /** The text of a file as prettier writes it. @throws where it does not parse */
  readonly format: (path: string, text: string) => Promise<string>
  readonly startPractice: () => Promise<PracticeShop>
  /** Runs a script of this project as a process of its own, on the same terminal; returns its exit code. */
  readonly runScript: (path: string, args: readonly string[]) => Promise<number>
}
