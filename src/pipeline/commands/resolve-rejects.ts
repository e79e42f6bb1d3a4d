import { dropRejects } from '../extraction/reject-index'
import { refused } from './acceptance'
import { asideName } from './aside-name'
import type { RunFile } from '../../state/run-file'
import type { StateDocument } from '../../state/state-document'
import type { Resolution } from '../run-context'
import type { RunFiles } from '../run-files'
import type { Acceptance } from './acceptance'

interface RejectsContext {
  readonly files: Pick<RunFiles, 'read' | 'add'>
  readonly run: string
  readonly storeNow: number
}

/** A lost index blocks the job until a person drops the rejects. */
async function isIndexLost(index: RunFile | null, files: Pick<RunFiles, 'read'>): Promise<boolean> {
  return index !== null && (await files.read(index.run, index.file)) === null
}

/** Tries the newest copy of every open reject again, or gives them up and keeps their identities. */
export async function resolveRejects(
  document: StateDocument,
  as: Resolution,
  { files, run, storeNow }: RejectsContext,
): Promise<Acceptance> {
  const open = document.rejects.segments.reduce((sum, segment) => sum + segment.open, 0)
  const isLost = as === 'drop' && (await isIndexLost(document.rejects.index, files))
  if (open === 0 && !isLost) throw refused('There are no open rejects.', 'Nothing to do.')
  const queued = document.backfills.find(({ kind }) => kind === 'replay')
  if (queued && as !== 'drop') {
    throw refused(
      `The rejects are already being tried again as ${queued.name}.`,
      `Wait for it, or end it with resolve=${queued.name} as=drop.`,
    )
  }
  if (as === 'resend') {
    const name = asideName('replay', storeNow, document)
    return {
      note: `${open} rejects are tried again as ${name}.`,
      effect: { kind: 'replay', replay: { kind: 'replay', name, generation: document.generation } },
    }
  }
  if (as === 'drop') {
    const rejects = await dropRejects(document, `${asideName('dropped', storeNow, document)}.bin`, run, files)
    return {
      note: isLost
        ? `${open} rejects were dropped with their index, which is gone: records among them that come again count as new.`
        : `${open} rejects were dropped: the same records are left out for good, changed ones count as new.`,
      effect: { kind: 'rejects-dropped', rejects },
    }
  }
  throw refused(
    `Rejects cannot be resolved as ${as}.`,
    'Use as=resend to try them again, or as=drop to give them up.',
  )
}
