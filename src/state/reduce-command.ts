import { batchOf } from './outbox-entry'
import { withoutBackfill } from './reduce-commit'
import { replaceEntry } from './reduce-delivery'
import { approvePlan, dropPlan } from './reduce-plan'
import { withDroppedFiles, withNamedFiles } from './run-files-named'
import type { CommandEffect } from './command-effect'
import type { StateEvent } from './events'
import type { Counting, StateDocument } from './state-document'

type CommandAccepted = Extract<StateEvent, { type: 'command-accepted' }>
type EffectOf<Kind extends CommandEffect['kind']> = Extract<CommandEffect, { kind: Kind }>

/** Stores what a person asked for before anything is done about it: continuations need no parameters. */
export function reduceCommand(document: StateDocument, event: CommandAccepted): StateDocument {
  const { content, note, at, rememberedFrom, effect } = event
  const run = document.lease?.run ?? ''
  return withDroppedFiles(document, {
    ...withEffect(document, effect, at),
    attempts: 0,
    commands: [
      ...document.commands.filter((command) => command.at >= rememberedFrom),
      { content, run, at, note },
    ],
  })
}

function withEffect(document: StateDocument, effect: CommandEffect, at: number): StateDocument {
  switch (effect.kind) {
    case 'backfill':
      return withBackfill(document, effect.backfill)
    case 'replay':
      return withBackfill(document, effect.replay)
    case 'slice-skipped':
      return {
        ...document,
        watermark: effect.slice.to,
        skipped: [...document.skipped, { ...effect.slice, at }],
      }
    case 'backfill-dropped':
      return withoutBackfill(document, effect.name)
    case 'batch-settled':
      return changeEntry(document, effect.id, (entry) => ({ ...batchOf(entry), state: 'confirmed' }))
    case 'batch-resent':
      return changeEntry(document, effect.id, (entry) => ({
        ...batchOf(entry),
        id: effect.newId,
        generation: effect.generation,
        retries: 0,
        firstSentAt: null,
        state: 'staged',
      }))
    case 'plan-approved':
      return approvePlan(document, at)
    case 'plan-dropped':
      return dropPlan(document, effect, at)
    case 'rejects-dropped':
      return withNamedFiles(withoutReplays(document), { rejects: effect.rejects })
    case 'waived':
      return { ...document, waivers: [...new Set([...document.waivers, effect.waiver])] }
    case 'regrouping-waived':
      return withoutConfirmations(document)
    case 'definition-continued':
      return continueDefinition(document, effect)
  }
}

function withBackfill(document: StateDocument, backfill: StateDocument['backfills'][number]): StateDocument {
  return {
    ...document,
    generation: Math.max(document.generation, backfill.generation),
    backfills: [...document.backfills, backfill],
  }
}

/** Ends all replays: no open reject is left. */
function withoutReplays(document: StateDocument): StateDocument {
  return { ...document, backfills: document.backfills.filter(({ kind }) => kind !== 'replay') }
}

function changeEntry(
  document: StateDocument,
  id: string,
  change: (entry: StateDocument['outbox'][number]) => StateDocument['outbox'][number],
): StateDocument {
  const entry = document.outbox.find((candidate) => candidate.id === id)
  return entry ? replaceEntry(document, id, change(entry)) : document
}

/** Ends the wait of a regrouping: it counts from the last confirmation, and none is stored any more. */
function withoutConfirmations(document: StateDocument): StateDocument {
  const partitions = Object.entries(document.partitions).map(
    ([name, partition]) => [name, { ...partition, confirmedAt: null }] as const,
  )
  return { ...document, partitions: Object.fromEntries(partitions) }
}

/** The index of rejects is kept only where the new definition recognises a record by the same identity. */
function continueDefinition(
  document: StateDocument,
  { counting, floor, cursor, watermark, memory, rowKeys }: EffectOf<'definition-continued'>,
): StateDocument {
  const isSame = document.counting !== null && sameIdentity(document.counting, counting)
  const rejects = isSame ? document.rejects : { index: null, segments: [] }
  // Another target has no order yet that rows could break.
  const isThere = document.counting !== null && isSameTarget(document.counting, counting)
  const partitioning = isThere ? document.partitioning : null
  const next = { ...document, counting, floor, cursor, watermark, rowKeys, partitioning }
  return withNamedFiles(next, { memory, rejects })
}

/**
 * True where both definitions recognise a record by the same identity, in the same order, and a record that was sent is
 * at the same target.
 */
export function sameIdentity(a: Counting, b: Counting): boolean {
  return a.mode === b.mode && a.cursor === b.cursor && a.primaryKey === b.primaryKey && isSameTarget(a, b)
}

/** A target that was not recorded counts as the same. */
export function isSameTarget(a: Counting, b: Counting): boolean {
  return a.target === b.target || a.target === ''
}
