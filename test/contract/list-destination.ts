import { linesOf, textFormat } from '../fixtures/text-format'
import type { Destination, SendAnswer } from '../../src/destinations/destination'

export interface ListRow {
  readonly id: string
  readonly at: number
}

/** What has been sent to the list, by idempotency key, in order. */
export type List = Map<string, readonly string[]>

/** What the next request meets: a refusal, or an answer that is lost. */
export interface Weather {
  next: Exclude<SendAnswer, { kind: 'accepted' | 'rejected' | 'too-large' }> | null
}

/** A whole destination: an in-memory list that is asked by key. */
export function listDestination(list: List, weather: Weather): Destination<ListRow> {
  function met() {
    const { next } = weather
    weather.next = null
    return next
  }

  return {
    identity: { kind: 'list', address: 'memory:', account: 'nobody', target: 'list' },
    format: textFormat(({ id, at }) =>
      /^\w+$/.test(id)
        ? { kind: 'row', line: `${id}\n`, partition: 0, order: at }
        : { kind: 'reject', code: 'id-invalid', path: 'id', message: 'is not a word' },
    ),
    partition: { count: 1, name: () => 'list', fingerprint: 'list' },
    limits: {
      batchRows: 100,
      batchTextBytes: 10_000,
      batchStoredBytes: 10_000,
      requestIntervalMs: 0,
      partitionIntervalMs: () => 0,
      underWay: 1,
    },
    semantics: 'append',
    delivery: {
      kind: 'keyed',
      key: (parts) => Object.values(parts).join('/'),
      lookup: ({ id }) => {
        const rows = list.get(id)?.length
        return Promise.resolve(met() ?? (rows === undefined ? { kind: 'absent' } : { kind: 'found', rows }))
      },
      visibleWithinMs: 0,
      rememberedMs: Infinity,
    },
    send({ id, rows, bytes }, window) {
      const next = window.isOpen() ? met() : { kind: 'not-sent' as const, message: 'The window is closed.' }
      if (next === null || next.kind === 'unknown') list.set(id, linesOf(bytes))
      return Promise.resolve(next ?? { kind: 'accepted', rows, invalidRows: 0 })
    },
  }
}
