import type { StateDocument } from '../../state/state-document'

/** Names work beside the schedule. Part of every batch's id, so never used twice: a run accepts one command. */
export function asideName(
  kind: 'backfill' | 'replay' | 'dropped',
  storeNow: number,
  { commits, commands }: Pick<StateDocument, 'commits' | 'commands'>,
): string {
  const instant = new Date(storeNow).toISOString().replace(/[-:.]/g, '')
  return `${kind}-${instant}-${commits + commands.length}`
}
