import type { StateDocument } from '../../state/state-document'

/**
 * Names work beside the schedule. The name is part of every batch's id, so it must be unique: it is, because a run
 * accepts one command.
 */
export function asideName(
  kind: 'backfill' | 'replay' | 'dropped',
  storeNow: number,
  { commits, commands }: Pick<StateDocument, 'commits' | 'commands'>,
): string {
  const instant = new Date(storeNow).toISOString().replace(/[-:.]/g, '')
  return `${kind}-${instant}-${commits + commands.length}`
}
