import { batchOf } from './outbox-entry'
import { noMemory } from './run-file'
import { withNamedFiles } from './run-files-named'
import type { OutboxEntry } from './outbox-entry'
import type { Plan } from './plan'
import type { Memory, RowKeys } from './run-file'
import type { StateDocument } from './state-document'

/** Exactly the planned batches become staged, with the bytes that were planned. */
export function approvePlan(document: StateDocument, at: number): StateDocument {
  return decided(document, 'approved', 'staged', at)
}

/** The planned batches are never sent; their files are deleted as those of confirmed ones. */
export function dropPlan(
  document: StateDocument,
  { memory, rowKeys }: { readonly memory: Memory; readonly rowKeys: RowKeys | null },
  at: number,
): StateDocument {
  return withNamedFiles({ ...decided(document, 'dropped', 'confirmed', at), rowKeys }, { memory })
}

function decided(
  document: StateDocument,
  kind: NonNullable<Plan['decision']>['kind'],
  state: 'staged' | 'confirmed',
  at: number,
): StateDocument {
  const { plan, lease } = document
  if (!plan) return document
  const outbox = document.outbox.map((entry): OutboxEntry =>
    entry.state === 'planned' ? { ...batchOf(entry), state } : entry,
  )
  const decision = { kind, run: lease?.run ?? '', at }
  return { ...document, outbox, plan: { ...plan, memoryBefore: noMemory, rowKeysBefore: null, decision } }
}
