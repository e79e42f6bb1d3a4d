import type { StateDocument } from '../state/state-document'
import type { RunContext } from './run-context'

/**
 * Deletes what abandoned runs wrote and never committed. Only the lease holder sweeps, and never its own folder:
 * what the document does not name then, it can never name.
 */
export async function sweep({ state, files, log }: RunContext): Promise<void> {
  for (const run of state.document.sweep) {
    const named = filesOf(state.document, run)
    let orphans = 0
    for await (const file of files.list(run)) {
      if (named.has(file)) continue
      await files.delete(run, file)
      orphans += 1
    }
    if (orphans > 0) log.info('Swept files of an abandoned run.', { run, files: orphans })
    // A frozen run may still be writing: its folder is left alone only after a look that found nothing.
    else state.later((document) => ({ ...document, sweep: document.sweep.filter((other) => other !== run) }))
  }
}

function filesOf(document: StateDocument, run: string): ReadonlySet<string> {
  return new Set(
    [...document.outbox, ...document.rejects, ...document.seen]
      .filter((named) => named.run === run)
      .map(({ file }) => file),
  )
}
