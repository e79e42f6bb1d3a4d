import type { Memory, RunFile } from './run-file'
import type { Rejects, StateDocument } from './state-document'

/** Every file in a run's folder that the document names. All others there are orphans. */
export function runFilesNamed({ outbox, ...document }: StateDocument): readonly RunFile[] {
  return [...outbox, ...filesBesideOutbox(document)]
}

function filesBesideOutbox({
  rejects,
  memory,
  rowKeys,
  backfills,
  plan,
}: Pick<StateDocument, 'rejects' | 'memory' | 'rowKeys' | 'backfills' | 'plan'>): readonly RunFile[] {
  const ties = backfills.flatMap((work) =>
    work.kind === 'backfill' && work.mode === 'incremental' ? work.ties.segments : [],
  )
  const before = [...(plan?.memoryBefore.segments ?? []), ...(plan?.rowKeysBefore?.parts ?? [])]
  return [
    ...rejects.segments,
    ...(rejects.index ? [rejects.index] : []),
    ...memory.segments,
    ...(rowKeys?.parts ?? []),
    ...before,
    ...ties,
  ]
}

/** Adds the runs of files that a change no longer names to the orphans; batches are deleted one by one instead. */
export function withDroppedFiles(before: StateDocument, after: StateDocument): StateDocument {
  const named = new Set(filesBesideOutbox(after).map(pathOf))
  const dropped = filesBesideOutbox(before).filter((file) => !named.has(pathOf(file)))
  return {
    ...after,
    orphans: withOrphans(
      after.orphans,
      dropped.map(({ run }) => run),
    ),
  }
}

/**
 * Replaces rejects and memory. Removes segments without an open reject, and adds the runs of files that are no longer
 * named to the list of orphans.
 */
export function withNamedFiles(
  document: StateDocument,
  {
    rejects = document.rejects,
    memory = document.memory,
  }: { readonly rejects?: Rejects; readonly memory?: Memory },
): StateDocument {
  const next: StateDocument = {
    ...document,
    memory,
    rejects: { ...rejects, segments: rejects.segments.filter(({ open }) => open > 0) },
  }
  const segments = [...document.rejects.segments, ...rejects.segments]
  return withDroppedFiles({ ...document, rejects: { ...document.rejects, segments } }, next)
}

export function withoutRejectSegments(document: StateDocument, ids: readonly number[]): StateDocument {
  const segments = document.rejects.segments.filter(({ id }) => !ids.includes(id))
  return withNamedFiles(document, { rejects: { ...document.rejects, segments } })
}

export function withOrphans(orphans: readonly string[], runs: readonly string[]): string[] {
  return [...new Set([...orphans, ...runs])]
}

function pathOf({ run, file }: RunFile): string {
  return `${run}/${file}`
}
