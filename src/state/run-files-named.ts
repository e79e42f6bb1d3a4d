import type { Memory, Rejects, RunFile, StateDocument } from './state-document'

/** Every file in a run's folder that the document names. All others there are orphans. */
export function runFilesNamed({ outbox, rejects, memory }: StateDocument): readonly RunFile[] {
  return [...outbox, ...rejects.segments, ...(rejects.index ? [rejects.index] : []), ...memory.segments]
}

/**
 * Puts new rejects and memory in the place of the old ones. Segments without an open reject go; the runs of files that
 * are no longer named go on the list of orphans.
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
  const named = new Set(runFilesNamed(next).map(pathOf))
  const dropped = [...runFilesNamed(document), ...rejects.segments].filter((file) => !named.has(pathOf(file)))
  return {
    ...next,
    orphans: withOrphans(
      document.orphans,
      dropped.map(({ run }) => run),
    ),
  }
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
