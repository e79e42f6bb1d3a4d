import { JobError } from '../../errors'
import { causesOf } from './arrival-causes'
import { readBack } from './read-back'
import { digestOf, parseMarker } from './sample'
import type { ArrivalProof, ConfirmedBatch, Evidence } from '../destination'
import type { FoundDataset } from './dataset'
import type { JsonEncoder } from './json-encoder'
import type { ReadBackOptions } from './read-back'

export interface ArrivalOptions extends ReadBackOptions {
  readonly withinMs: number
  readonly dataset: (signal: AbortSignal) => Promise<FoundDataset>
  readonly encoder: Pick<JsonEncoder, 'encode'>
}

/** Keys of one export; what is left is asked for the next time. */
const mostKeys = 5_000

/** Lines of the import as the stored values would write them, by key. */
type StoredLines = ReadonlyMap<string, string>

/**
 * Whether imported values can be read back: of each batch a sample of keys is exported and compared. Every key has to be
 * there and at least one with its values, because a later import may have replaced the others.
 */
export function arrivalProof(options: ArrivalOptions): ArrivalProof {
  return {
    withinMs: options.withinMs,
    async prove(batches, tools) {
      const sampled: ConfirmedBatch[] = []
      let keys: string[] = []
      for (const batch of batches.filter(({ markers }) => markers.length > 0)) {
        const more = batch.markers.map((marker) => parseMarker(marker).key)
        if (keys.length + more.length > mostKeys) break
        keys = [...keys, ...more]
        sampled.push(batch)
      }
      // Without a key to ask for, the counts of the import are all that is known.
      const counted = batches.filter(({ markers }) => markers.length === 0).map(indicated)
      if (keys.length === 0) return { evidence: counted, trouble: null }

      const found = await options.dataset(tools.signal).catch(unresolved)
      if (found === null) return { evidence: [...counted, ...sampled.map(unsubscribed)], trouble: null }
      if (found.kind !== 'found') return { evidence: counted, trouble: found }
      const read = await readBack(options, found.dataset.id, [...new Set(keys)], tools)
      if (read.kind !== 'values') return { evidence: counted, trouble: read }
      const stored = new Map(
        [...read.values].map(([key, values]) => [key, lineOf(options.encoder, key, values)]),
      )
      return { evidence: [...counted, ...sampled.map((batch) => compared(batch, stored))], trouble: null }
    },
  }
}

/** Null where the set is not there, or not for this suite and variable. */
function unresolved(error: unknown): null {
  if (error instanceof JobError && error.code === 'target-unresolved') return null
  throw error
}

function lineOf({ encode }: Pick<JsonEncoder, 'encode'>, key: string, values: object): string {
  const row = encode({ key, ...values })
  return row.kind === 'row' ? row.line : ''
}

function indicated({ id, rows }: ConfirmedBatch): Evidence {
  return { id, kind: 'indication', rows, causes: [] }
}

function unsubscribed({ id }: ConfirmedBatch): Evidence {
  return { id, kind: 'proof', rows: 0, causes: causesOf('unsubscribed-set', 'latency') }
}

function compared({ id, rows, markers }: ConfirmedBatch, stored: StoredLines): Evidence {
  const sample = markers.map(parseMarker)
  const there = sample.filter(({ key }) => stored.has(key))
  const equal = there.filter(({ key, digest }) => digestOf(stored.get(key) ?? '') === digest)
  if (there.length < sample.length) {
    // Of the sample's share, but never all of the rows.
    const seen = Math.floor((rows * there.length) / sample.length)
    return { id, kind: 'proof', rows: seen, causes: causesOf('key-mismatch', 'key-deleted', 'latency') }
  }
  if (equal.length > 0) return { id, kind: 'proof', rows, causes: [] }
  return { id, kind: 'proof', rows: 0, causes: causesOf('overwritten', 'latency') }
}
