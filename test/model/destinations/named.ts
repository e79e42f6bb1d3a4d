import { linesOf } from '../../fixtures/text-format'
import { importQueue } from './imports'
import { askOver, sendOver } from './network'
import { eventFormat, modelLimits, partitions } from './rows'
import type { Destination, Limits, NameLookupAnswer } from '../../../src/destinations/destination'
import type { Choices } from '../choices'
import type { WorldTime } from '../time'
import type { ImportEnd, ImportQueue } from './imports'
import type { Network } from './network'
import type { EventRow } from './rows'

/** A service that lists its imports by file name, and imports a name that comes twice a second time. */
export interface NamedService extends ImportQueue {
  /** Everything stored, for ever, in the order of its imports. */
  readonly lines: readonly string[]
}

export function namedService(
  time: WorldTime,
  choices: Choices,
  failures: readonly ImportEnd[] = [],
): NamedService {
  const lines: string[] = []
  return { lines, ...importQueue(time, choices, failures, (imported) => lines.push(...imported)) }
}

const day = 24 * 3_600_000

export function namedDestination(
  service: NamedService,
  network: Network,
  limits: Partial<Limits> = {},
): Destination<EventRow> {
  const { time, delayMs } = network

  function list(name: string, since: number): NameLookupAnswer {
    const found = service.imports.filter(
      (one) => one.name === name && one.visibleAt <= time.now() && one.createdAt >= since - day,
    )
    const [first, ...more] = found.map(({ receipt }) => receipt)
    return first === undefined ? { kind: 'absent' } : { kind: 'found', receipts: [first, ...more] }
  }

  return {
    identity: { kind: 'model-named', address: 'model:', account: 'client of org', target: 'account' },
    format: eventFormat,
    partition: {
      count: partitions,
      name: (index) => `account_${index + 1}of${partitions}`,
      fingerprint: `model-${partitions}`,
    },
    limits: { ...modelLimits, ...limits },
    semantics: 'append',
    delivery: {
      kind: 'named',
      name: (parts) => `${Object.values(parts).join('|')}.txt`,
      lookup: ({ id }, since) => askOver(network, () => list(id, since)),
      visibleWithinMs: delayMs,
    },
    send: ({ id, bytes }, window) =>
      sendOver(
        network,
        window,
        (visibleAfterMs) => service.add(id, linesOf(bytes), visibleAfterMs),
        (receipt) => ({ kind: 'accepted', receipt }),
      ),
    poll: (_batch, receipt) => askOver(network, () => service.poll(receipt)),
  }
}
