import { JobError } from '../../errors'
import { causesOf } from './arrival-causes'
import { readBack } from './read-back'
import { digestOf, parseMarker } from './sample'
import type { ArrivalProof, ConfirmedBatch, Evidence } from '../destination'
import type { FoundDataset } from './dataset'
import type { JsonEncoder } from './json-encoder'
import type { ReadBackOptions } from './read-back'
import type { Sampled } from './sample'

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
 * Whether an import can be read back: of each batch a sample of keys is exported and compared. Every key that it set has
 * to be there and at least one with its values, because a later import may have replaced the others; no key that it
 * deleted may have a value. Keys that a later batch deletes, or sets again, say nothing about an earlier one.
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
      const last = lastOf(batches)
      return {
        evidence: [...counted, ...sampled.map((batch) => compared(batch, stored, last))],
        trouble: null,
      }
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

/** The last that is known to have happened to each key. Batches come in the order of their confirmation. */
function lastOf(batches: readonly ConfirmedBatch[]): ReadonlyMap<string, Sampled> {
  const samples = batches.flatMap(({ markers }) => markers.map(parseMarker))
  return new Map(samples.map((sampled) => [sampled.key, sampled]))
}

function compared(batch: ConfirmedBatch, stored: StoredLines, last: ReadonlyMap<string, Sampled>): Evidence {
  const { id, rows, markers } = batch
  const isDeletion = ({ digest }: Sampled) => digest === null
  const sample = markers
    .map(parseMarker)
    .filter((sampled) => isDeletion(last.get(sampled.key) ?? sampled) === isDeletion(sampled))
  if (sample.length === 0) return indicated(batch)
  const lost = sample.filter((sampled) => !isDeletion(sampled) && !stored.has(sampled.key))
  const kept = sample.filter((sampled) => isDeletion(sampled) && stored.has(sampled.key))
  const missing = lost.length + kept.length
  if (missing > 0) {
    const causes = [
      ...(lost.length > 0 ? (['key-mismatch', 'key-deleted'] as const) : []),
      ...(kept.length > 0 ? (['key-set-again'] as const) : []),
      'latency' as const,
    ]
    // Of the sample's share, but never all of the rows.
    const seen = Math.floor((rows * (sample.length - missing)) / sample.length)
    return { id, kind: 'proof', rows: seen, causes: causesOf(...causes) }
  }
  const shows = sample.some(
    ({ key, digest }) => digest === null || digestOf(stored.get(key) ?? '') === digest,
  )
  if (shows) return { id, kind: 'proof', rows, causes: [] }
  return { id, kind: 'proof', rows: 0, causes: causesOf('overwritten', 'latency') }
}
