import { textOf } from './batch-text'
import type {
  CheckAnswer,
  Destination,
  LookupAnswer,
  OutgoingBatch,
  SendAnswer,
} from '../../src/destinations/destination'
import type { Choices } from './choices'
import type { Process, WorldTime } from './time'

export interface ModelRow {
  readonly id: string
  readonly visitor: number
  readonly at: number
}

/** What Adobe has stored: every accepted file in the order of its acceptance. A repeated key is stored again. */
export interface Adobe {
  readonly accepted: { readonly key: string; readonly group: string; readonly lines: readonly string[] }[]
  readonly keys: Map<string, { readonly rows: number; readonly visibleAt: number }>
}

export const groups = 2
export const groupOf = (visitor: number) => visitor % groups

/** Fates of one upload, 0 being the plain one. `late` is accepted long after the sender has given up. */
const fates = [
  'accepted',
  'accepted',
  'accepted',
  'reply-lost',
  'request-lost',
  'late',
  'throttled',
  'html-500-accepted',
  'html-500-refused',
  'not-sent',
  'unauthorized',
] as const

/** A destination without HTTP: the engine's contract, straight onto the model of Adobe. */
export function adobeFor(
  adobe: Adobe,
  time: WorldTime,
  process: Process,
  choices: Choices,
  world: { readonly sendTimeoutMs: number; readonly settleMs: number; readonly restMs: number },
): Destination<ModelRow> {
  function accept(batch: OutgoingBatch, lagMs: number): void {
    const lines = textOf(batch.bytes).split('\n').slice(1, -1)
    adobe.accepted.push({ key: batch.key, group: batch.groupName, lines })
    if (!adobe.keys.has(batch.key)) {
      adobe.keys.set(batch.key, { rows: lines.length, visibleAt: time.now() + lagMs })
    }
  }

  return {
    identity: {
      kind: 'model',
      baseUrl: 'http://model',
      clientId: 'client',
      orgId: 'org',
      reportSuite: 'suite',
    },
    groups,
    grouping: 'model-2',
    corrects: false,
    header: 'id,visitor,at\n',
    groupName: (group) => `suite_model_${group + 1}of${groups}`,
    encode: (row) => ({
      line: `${row.id},${row.visitor},${row.at}\n`,
      group: groupOf(row.visitor),
      at: row.at,
    }),
    key: (parts) => `${parts.groupName}/${parts.unit}/${parts.ordinal}/${parts.generation}/${parts.sha256}`,
    restMs: () => world.restMs,
    async send(batch, signal): Promise<SendAnswer> {
      if (signal.aborted) return { kind: 'not-sent', message: 'aborted' }
      const fate = fates[choices.next(fates.length)] ?? 'accepted'
      if (fate === 'not-sent') return { kind: 'not-sent', message: 'refused' }
      const lagMs = choices.next(3) * Math.floor(world.settleMs / 3)
      // The request leaves now; what follows happens whether or not its sender lives on.
      if (fate === 'accepted' || fate === 'reply-lost' || fate === 'html-500-accepted') {
        void time.sleep(50).then(() => accept(batch, lagMs))
      }
      if (fate === 'late') {
        const lateMs = world.sendTimeoutMs + Math.floor(world.settleMs / 2)
        void time.sleep(lateMs).then(() => accept(batch, 0))
      }
      if (fate === 'reply-lost' || fate === 'request-lost' || fate === 'late') {
        await process.clock.sleep(world.sendTimeoutMs * 2, signal).catch(() => undefined)
        await process.gate()
        return { kind: 'unknown', message: 'no answer' }
      }
      const rows = batch.rows
      return process.call(100, (): SendAnswer => {
        if (fate === 'throttled') return { kind: 'throttled', retryAfterMs: 5_000 }
        if (fate === 'unauthorized') return { kind: 'unauthorized', message: 'expired' }
        if (fate !== 'accepted') return { kind: 'unknown', message: 'HTTP 500' }
        return { kind: 'accepted', rows, invalidRows: 0, log: '' }
      })
    },
    lookup: (batch): Promise<LookupAnswer> => {
      const fate = choices.next(6)
      return process.call(100, (): LookupAnswer => {
        if (fate === 4) return { kind: 'unknown', message: 'HTTP 500' }
        if (fate === 5) return { kind: 'throttled', retryAfterMs: null }
        const known = adobe.keys.get(batch.key)
        return known && known.visibleAt <= time.now()
          ? { kind: 'found', rows: known.rows }
          : { kind: 'absent' }
      })
    },
    check: (): Promise<CheckAnswer> => process.call(100, () => ({ kind: 'valid' })),
  }
}
