import { runFilesNamed } from '../state/run-files-named'
import type { RunContext } from './run-context'

/**
 * Orphan clean-up: deletes files that runs wrote and never committed, and files that no commit needs any more. Only the
 * lease holder deletes, and never in its own folder: no later commit can name a file of an earlier run.
 */
export async function deleteOrphans({ state, files }: Pick<RunContext, 'state' | 'files'>): Promise<void> {
  for (const run of state.document.orphans.filter((other) => other !== state.run)) {
    const named = new Set(
      runFilesNamed(state.document).flatMap((file) => (file.run === run ? [file.file] : [])),
    )
    let deleted = 0
    for await (const file of files.list(run)) {
      if (named.has(file)) continue
      await files.delete(run, file)
      deleted += 1
    }
    state.later({ type: 'orphans-cleaned', run, files: deleted })
  }
}
