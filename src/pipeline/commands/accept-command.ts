import { waitingPlan } from '../../state/plan'
import { countingOf } from '../definition'
import { addBackfill } from './add-backfill'
import { approvePlan } from './approve-plan'
import {
  assertAgainFits,
  assertMeaningful,
  contentOf,
  findRepeated,
  isCommand,
  repeatedNote,
} from './command-content'
import { continueDefinition } from './continue-definition'
import { continueRegrouping } from './continue-regrouping'
import { dropBackfill } from './drop-backfill'
import { dropPlan } from './drop-plan'
import { resolveBatch } from './resolve-batch'
import { resolveRejects } from './resolve-rejects'
import { skipSlice } from './skip-slice'
import { waive } from './waive'
import type { RunFile } from '../../state/run-file'
import type { StateDocument } from '../../state/state-document'
import type { Resolution, RunContext } from '../run-context'
import type { RunFiles } from '../run-files'
import type { Acceptance, DoneBefore } from './acceptance'

export type CommandContext = Pick<
  RunContext,
  'job' | 'source' | 'destination' | 'state' | 'files' | 'settings' | 'command'
>

/**
 * Writes the command into the state before anything is done about it, so that continuations need no parameters and the
 * same command given again does nothing. Returns what the report says of it.
 * @throws JobError `params-invalid`
 */
export async function acceptCommand(context: CommandContext): Promise<readonly string[]> {
  const { state, settings, command } = context
  if (!isCommand(command)) return []
  assertMeaningful(command)
  const { commands, reports } = state.document
  const at = state.storeClock.now()
  const repeated = findRepeated(commands, command, at, settings)
  if (repeated) return [repeatedNote(repeated, reports)]
  assertAgainFits(commands, command)

  const { note, effect } = await judgeCommand(context)
  if (effect === null) return [note]
  await state.write({
    type: 'command-accepted',
    at,
    content: contentOf(command),
    note,
    rememberedFrom: at - settings.commandMemoryMs,
    effect,
  })
  return [note]
}

/** The effect of the command. @throws JobError `params-invalid` where it would do harm or makes no sense */
async function judgeCommand(context: CommandContext): Promise<Acceptance | DoneBefore> {
  const { job, destination, state, command } = context
  const { resolve, as, approve } = command
  if (approve !== undefined) return approvePlan(state.document, approve, destination.identity)
  if (resolve !== undefined && as !== undefined) return judgeResolution(context, resolve, as)
  return addBackfill(job, state.document, command, state.storeClock.now())
}

async function judgeResolution(
  { job, source, destination, state, settings, files, command }: CommandContext,
  resolve: string,
  as: Resolution,
): Promise<Acceptance> {
  const { document } = state
  const storeNow = state.storeClock.now()
  // Checked before slices: some destinations name a batch after its slice.
  const isBatch = document.outbox.some(({ id }) => id === resolve)
  if (isBatch) return resolveBatch(job, destination, document, resolve, as)
  if (resolve === 'plan' || resolve === waitingPlan(document)?.id) {
    return dropPlan(job, document, as, { files, run: state.run, storeNow })
  }
  if (resolve === 'rejects') return resolveRejects(document, as, { files, run: state.run, storeNow })
  if (resolve === 'definition') {
    const lost = await lostFiles(document, files)
    const now = countingOf(job, source, destination)
    return continueDefinition(job, now, document, { as, from: command.from, storeNow, lost })
  }
  if (resolve === 'regrouping') return continueRegrouping(document, destination, as, settings, storeNow)
  if (resolve === 'source-order' || resolve === 'too-many-rejects') return waive(document, resolve, as)
  if (resolve.startsWith('slice-')) return skipSlice(job, document, resolve, as, storeNow)
  const aside = document.backfills.find(({ name }) => name === resolve)
  if (aside) return dropBackfill(aside, as)
  return resolveBatch(job, destination, document, resolve, as)
}

/** The files of the deduplication index and of the row keys that are no longer in the store. */
async function lostFiles(
  { memory, rowKeys }: StateDocument,
  files: Pick<RunFiles, 'list'>,
): Promise<ReadonlySet<RunFile>> {
  const named = [...memory.segments, ...(rowKeys?.parts ?? [])]
  const lost = new Set(named)
  for (const run of new Set(named.map((file) => file.run))) {
    for await (const name of files.list(run)) {
      for (const file of named) if (file.run === run && file.file === name) lost.delete(file)
    }
  }
  return lost
}
