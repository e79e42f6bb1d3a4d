import { openRunFiles } from './run-files'
import type { RunDependencies } from './run-context'
import type { RunFiles } from './run-files'

/** The files of one dry run, for a person. */
export interface KeptFiles extends Pick<RunFiles, 'add'> {
  readonly folder: string
  readonly names: readonly string[]
}

/**
 * Stores what a dry run would send, and its rejects, beside the state of the job: the folder of a job that has no state
 * yet must stay empty. Deletes the files of earlier dry runs first, so that those of one are kept at most.
 * @throws JobError `store-unreachable`, `store-refused`
 */
export async function keepFiles(
  {
    job,
    store,
    clock,
    settings,
    activation,
    destination,
  }: Pick<RunDependencies, 'job' | 'store' | 'clock' | 'settings' | 'activation' | 'destination'>,
  signal: AbortSignal,
): Promise<KeptFiles> {
  const root = `dry-runs/${job.name}/`
  for await (const path of store.list(root, signal)) await store.delete(path, signal)
  const run = activation
  const files = openRunFiles({
    ...{ job: job.name, root, run, store, clock, signal },
    patienceMs: settings.leaseTtlMs,
  })
  const names: string[] = []
  return {
    folder: `${root}${run}/`,
    names,
    async add(name, bytes) {
      // The deduplication index is of no use to a person.
      if (!name.endsWith(`.${destination.format.extension}`) && !name.endsWith('.jsonl')) return
      await files.add(name, bytes)
      names.push(name)
    },
  }
}
