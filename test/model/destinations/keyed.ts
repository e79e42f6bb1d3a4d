import { linesOf } from '../../fixtures/text-format'
import { askOver, sendOver } from './network'
import { eventFormat, modelLimits, partitions } from './rows'
import type { Destination, Limits, OutgoingBatch } from '../../../src/destinations/destination'
import type { Network } from './network'
import type { EventRow } from './rows'

/** A service that is asked by idempotency key, and stores a key that comes twice a second time. */
export interface KeyedService {
  /** Everything stored, for ever, in the order of acceptance. */
  readonly lines: string[]
  readonly keys: Map<string, { readonly rows: number; readonly visibleAt: number }>
}

export function keyedService(): KeyedService {
  return { lines: [], keys: new Map() }
}

export function keyedDestination(
  service: KeyedService,
  network: Network,
  limits: Partial<Limits> = {},
): Destination<EventRow> {
  const { time, delayMs } = network

  function accept({ id, bytes }: OutgoingBatch, visibleAfterMs: number): void {
    const lines = linesOf(bytes)
    service.lines.push(...lines)
    if (!service.keys.has(id)) {
      service.keys.set(id, { rows: lines.length, visibleAt: time.now() + visibleAfterMs })
    }
  }

  return {
    identity: { kind: 'model-keyed', address: 'model:', account: 'client of org', target: 'suite' },
    format: eventFormat,
    partition: {
      count: partitions,
      name: (index) => `suite_${index + 1}of${partitions}`,
      fingerprint: `model-${partitions}`,
    },
    limits: { ...modelLimits, ...limits },
    semantics: 'append',
    delivery: {
      kind: 'keyed',
      key: (parts) => Object.values(parts).join('|'),
      lookup: ({ id }) =>
        askOver(network, () => {
          const known = service.keys.get(id)
          return known && known.visibleAt <= time.now()
            ? { kind: 'found' as const, rows: known.rows }
            : { kind: 'absent' as const }
        }),
      verify: () => askOver(network, () => ({ kind: 'valid' as const })),
      visibleWithinMs: delayMs,
      rememberedMs: 24 * 3_600_000,
    },
    send: (batch, window) =>
      sendOver(
        network,
        window,
        (visibleAfterMs) => accept(batch, visibleAfterMs),
        () => ({ kind: 'accepted', rows: batch.rows, invalidRows: 0 }),
      ),
  }
}
