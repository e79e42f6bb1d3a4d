import { randomUUID } from 'node:crypto'
import type { Memory } from '../../memory'
import type { ClassificationSet, ClassificationSets, ImportRecord } from './classification-sets'
import type { ReadImport } from './import-file'

export interface JobKnobs {
  /** From commit to `validated`, to `processing` and to the end, in ms. */
  importMs: { validated: number; processing: number; completed: number }
  /** How many of the next imports end as `failed_processing`. */
  breaksNext: number
  /** The share of its lines that such an import has stored all the same. */
  brokenShare: number
  /** A committed job is shown this late, in ms. */
  jobLagMs: number
  exportMs: number
}

type State =
  'created' | 'queued' | 'validated' | 'failed_validation' | 'processing' | 'failed_processing' | 'completed'

export interface Job {
  readonly jobId: string
  readonly set: ClassificationSet
  readonly type: 'import' | 'export'
  readonly name: string
  readonly options: object
  readonly createdAt: number
  readonly records: readonly ImportRecord[]
  /** Those that it has stored once it has ended. */
  readonly effects: readonly ImportRecord[]
  /** The states that it reaches, each with its time in ms since the epoch. */
  readonly steps: readonly { readonly at: number; readonly state: State; readonly message: string }[]
  readonly jobSize: number
  noEffect: number | null
}

export interface Jobs {
  /** Applies the imports that have ended by now. */
  advance(): void
  import(set: ClassificationSet, name: string, options: object, read: ReadImport, jobSize: number): Job
  export(set: ClassificationSet, name: string, options: object): Job
  /** Null where there is no such job, or it is not visible yet. */
  find(id: string): Job | null
  /** Newest first. */
  ofSet(id: string, since: number): readonly Job[]
  /** Lines of a set that have taken effect by now, in that order. */
  applied(id: string): readonly ImportRecord[]
  isCompleted(job: Job): boolean
  /** As the API shows a job. */
  show(job: Job, org: string): object
  readonly memory: Memory
}

/** Jobs whose state follows from the clock alone; an import takes effect when it ends. */
export function createJobs(sets: ClassificationSets, knobs: JobKnobs, now: () => number): Jobs {
  const jobs: Job[] = []

  function courseOf(read: ReadImport): Pick<Job, 'steps' | 'effects'> {
    const at = now()
    const { validated, processing, completed } = knobs.importMs
    const begun = [
      { at, state: 'created', message: 'Created import job via API' },
      { at, state: 'queued', message: 'Job queued and ready for processing.' },
    ] as const
    if (read.kind === 'invalid') {
      const steps: Job['steps'] = [
        ...begun,
        { at: at + validated, state: 'failed_validation', message: read.message },
      ]
      return { steps, effects: [] }
    }
    const worked = [
      ...begun,
      { at: at + validated, state: 'validated', message: 'Validation completed' },
      { at: at + processing, state: 'processing', message: 'Started processing' },
    ] as const
    if (knobs.breaksNext > 0) {
      knobs.breaksNext -= 1
      const broken = { at: at + completed, state: 'failed_processing', message: 'Processing failed' } as const
      const stored = Math.floor(read.records.length * knobs.brokenShare)
      return { steps: [...worked, broken], effects: read.records.slice(0, stored) }
    }
    const count = read.records.length
    const message = `Successfully imported ${count}/${count} records.`
    return {
      steps: [...worked, { at: at + completed, state: 'completed', message }],
      effects: read.records,
    }
  }

  const reached = ({ steps }: Job) => steps.filter(({ at }) => at <= now())
  const isCompleted = (job: Job) => reached(job).at(-1)?.state === 'completed'
  const endOf = ({ steps }: Job) => steps.at(-1)?.at ?? 0

  /** Imports that have ended by now, in the order of their ends. */
  function ended(): Job[] {
    const over = jobs.filter((job) => job.type === 'import' && endOf(job) <= now())
    return over.sort((a, b) => endOf(a) - endOf(b))
  }

  function add(job: Omit<Job, 'jobId' | 'createdAt' | 'noEffect'>): Job {
    const added = { ...job, jobId: randomUUID(), createdAt: now(), noEffect: null }
    jobs.push(added)
    return added
  }

  return {
    memory: { jobs },
    advance() {
      for (const job of ended()) job.noEffect ??= sets.apply(job.set.id, job.effects)
    },
    import(set, name, options, read, jobSize) {
      const records = read.kind === 'records' ? read.records : []
      return add({ set, type: 'import', name, options, records, ...courseOf(read), jobSize })
    },
    export(set, name, options) {
      const at = now()
      const steps: Job['steps'] = [
        { at, state: 'created', message: 'Created export job via API' },
        { at, state: 'queued', message: 'Job queued and ready for processing.' },
        { at: at + knobs.exportMs, state: 'completed', message: 'Successfully exported the records.' },
      ]
      return add({ set, type: 'export', name, options, records: [], effects: [], steps, jobSize: -1 })
    },
    find: (id) =>
      jobs.find(({ jobId, createdAt }) => jobId === id && createdAt + knobs.jobLagMs <= now()) ?? null,
    ofSet: (id, since) => jobs.filter(({ set, createdAt }) => set.id === id && createdAt >= since).reverse(),
    applied: (id) => ended().flatMap(({ set, effects }) => (set.id === id ? effects : [])),
    isCompleted,
    show(job, org) {
      const history = reached(job)
      return {
        datasetId: job.set.id,
        history: history.map(({ at, state, message }) => ({
          timestamp: timestamp(at),
          jobState: state,
          message,
        })),
        imsOrgId: org,
        jobOptions: job.options,
        jobId: job.jobId,
        jobSize: job.jobSize,
        name: job.name,
        setName: job.set.name,
        state: history.at(-1)?.state,
        totalLines: isCompleted(job) ? job.records.length : -1,
        noeffectLines: job.noEffect,
        type: job.type,
      }
    },
  }
}

/** `2026-11-21 20:35:39` */
function timestamp(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}
