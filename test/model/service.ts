import { linesOf } from './plain-file'
import type { OutgoingBatch } from '../../src/destinations/destination'

/** An asynchronous import of the service. */
export interface Import {
  readonly receipt: string
  readonly name: string
  readonly rows: number
  /** When the job list shows it. */
  readonly visibleAt: number
  readonly endsAt: number
  readonly end:
    | { readonly kind: 'done' }
    | { readonly kind: 'failed'; readonly cause: 'rejected' | 'broken'; readonly stored: number }
}

/** What the destination has stored: the truth that a run never sees directly. */
export interface Service {
  /** Append: every batch that was stored, in the order of its acceptance. A repeated one is stored again. */
  readonly stored: { readonly id: string; readonly partition: string; readonly lines: readonly string[] }[]
  /** Upsert: every line that was applied, in order; the last one of a key counts. */
  readonly applied: string[]
  /** Lines that the service refused although it took the rest of their batch. */
  readonly refused: string[]
  readonly keys: Map<string, { readonly rows: number; readonly visibleAt: number }>
  readonly imports: Import[]
  /** Prepared uploads by handle. */
  readonly uploads: Map<string, OutgoingBatch>
  /** Rows of every batch that a run was about to send, by id. */
  readonly contents: Map<string, readonly string[]>
  /** Requests that ever left. */
  requests: number
  /** Requests that have left and will still take effect. */
  inFlight: number
}

export function createService(): Service {
  return {
    stored: [],
    applied: [],
    refused: [],
    keys: new Map(),
    imports: [],
    uploads: new Map(),
    contents: new Map(),
    requests: 0,
    inFlight: 0,
  }
}

/** Stores a batch of an append destination without its first `refused` rows. */
export function store(service: Service, { id, partition, bytes }: OutgoingBatch, refused = 0): void {
  const lines = linesOf(bytes)
  service.refused.push(...lines.slice(0, refused))
  service.stored.push({ id, partition, lines: lines.slice(refused) })
}

export function apply(service: Service, { bytes }: OutgoingBatch): void {
  service.applied.push(...linesOf(bytes))
}

/** Upsert: the line that counts, by the key of its row; deletions among them. */
export function tableOf({ applied }: Service): ReadonlyMap<string, string> {
  return new Map(applied.map((line) => [line.split(',')[0] ?? '', line]))
}
