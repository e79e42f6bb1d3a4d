import { linesOf } from '../../fixtures/text-format'
import { importQueue } from './imports'
import { askOver, sendOver } from './network'
import { modelLimits, valueFormat } from './rows'
import type { Destination, Limits } from '../../../src/destinations/destination'
import type { Choices } from '../choices'
import type { WorldTime } from '../time'
import type { ImportEnd, ImportQueue } from './imports'
import type { Network } from './network'
import type { ValueRow } from './rows'

/** A service whose rows replace each other by key, and whose imports are prepared, then committed by one request. */
export interface UpsertService extends ImportQueue {
  readonly values: ReadonlyMap<string, string>
  /** Every value that took effect, in order: shows an older one that came after a newer. */
  readonly history: readonly ValueRow[]
  /** Uploaded and not yet committed, by handle. */
  readonly prepared: Map<string, readonly string[]>
}

export function upsertService(
  time: WorldTime,
  choices: Choices,
  failures: readonly ImportEnd[] = [],
  initial: readonly string[] = [],
): UpsertService {
  const values = new Map<string, string>()
  const history: ValueRow[] = []

  function store(lines: readonly string[]): void {
    for (const line of lines) {
      const [key = '', value = ''] = line.split('=')
      values.set(key, value)
      history.push({ key, value })
    }
  }

  store(initial)
  return { values, history, prepared: new Map(), ...importQueue(time, choices, failures, store) }
}

export function upsertDestination(
  service: UpsertService,
  network: Network,
  limits: Partial<Limits> = {},
): Destination<ValueRow> {
  return {
    identity: { kind: 'model-upsert', address: 'model:', account: 'client of org', target: 'dataset' },
    format: valueFormat,
    partition: { count: 1, name: () => 'dataset', fingerprint: 'dataset' },
    limits: { ...modelLimits, partitionIntervalMs: () => 0, ...limits },
    semantics: 'upsert',
    delivery: { kind: 'upsert', settleMs: network.delayMs },
    prepare: ({ bytes }) =>
      askOver(network, () => {
        const handle = `upload-${service.prepared.size + 1}`
        service.prepared.set(handle, linesOf(bytes))
        return { kind: 'prepared' as const, handle }
      }),
    send: ({ id }, window, handle) =>
      sendOver(
        network,
        window,
        (visibleAfterMs) => service.add(id, service.prepared.get(handle) ?? [], visibleAfterMs),
        (receipt) => ({ kind: 'accepted', receipt }),
      ),
    poll: (_batch, receipt) => askOver(network, () => service.poll(receipt)),
  }
}
