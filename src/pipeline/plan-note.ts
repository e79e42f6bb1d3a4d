import type { Plan } from '../state/plan'

/** Why the run ended `partial`: the code of the first reason. */
export function planReason({ reasons }: Plan): string {
  return reasons[0]?.code ?? 'approval'
}

/**
 * The note of the report about a waiting plan: its reasons, and how a person decides. The text is equal while nothing
 * changes.
 */
export function planNote({ id, batches, rows, target, reasons }: Plan): string {
  const why = reasons.map(({ message }) => message).join(' ')
  return `A plan of ${batches} batches (${rows} rows, ${target}) waits for a person, and nothing more is extracted: ${why} To send exactly its batches: approve=${id}. To give it up: resolve=plan as=drop.`
}
