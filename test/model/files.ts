import { JobError } from '../../src/errors'
import type { BlobStore, WriteAnswer } from '../../src/state/blob-store'
import type { Choices } from './choices'
import type { Saw } from './coverage'
import type { Process, WorldTime } from './time'

export interface StoredFile {
  body: Buffer
  etag: string
  modifiedAt: number
}

export type Files = Map<string, StoredFile>

/** What can happen to a write on its way, 0 being nothing. */
const outcomes = ['ok', 'ok', 'ok', 'ok', 'ok', 'lost-before', 'lost-after', 'slow'] as const

/** In all worlds: no two writes have the same etag. */
let writes = 0

const seconds = (ms: number) => Math.floor(ms / 1000) * 1000

/** Linearizable files with conditional writes, seen by one process through a bad network. */
export function filesFor(
  files: Files,
  time: WorldTime,
  process: Process,
  choices: Choices,
  saw: Saw,
): BlobStore {
  function apply(
    path: string,
    body: Uint8Array,
    holds: (found: StoredFile | undefined) => boolean,
  ): WriteAnswer {
    if (!holds(files.get(path))) return { kind: 'conflict' }
    writes += 1
    const etag = `"${writes}"`
    files.set(path, { body: Buffer.from(body), etag, modifiedAt: seconds(time.now()) })
    return { kind: 'written', etag, storeNow: seconds(time.now()) }
  }

  return {
    read(path) {
      const outcome = choices.next(40)
      return process.call(5, () => {
        if (outcome === 39) throw unreachable(saw)
        const found = files.get(path)
        const storeNow = seconds(time.now())
        return found ? { ...found, storeNow } : { etag: null, storeNow }
      })
    },
    async write(path, body, condition) {
      const holds = (found: StoredFile | undefined) =>
        'ifMatch' in condition ? found?.etag === condition.ifMatch : found === undefined
      const outcome = outcomes[choices.next(outcomes.length)] ?? 'ok'
      if (outcome === 'lost-before') return process.call(2_000, () => ({ kind: 'unknown', message: 'lost' }))
      if (outcome === 'lost-after') {
        return process.call(2_000, () => {
          apply(path, body, holds)
          return { kind: 'unknown', message: 'answer lost' }
        })
      }
      if (outcome === 'slow') {
        // The caller gives up; the write arrives later all the same.
        await process.gate()
        void time.sleep(7_000).then(() => apply(path, body, holds))
        return process.call(3_000, () => ({ kind: 'unknown', message: 'timeout' }))
      }
      return process.call(5, () => apply(path, body, holds))
    },
    delete: (path) =>
      process.call(5, () => {
        files.delete(path)
      }),
    async *list(prefix) {
      const paths = await process.call(5, () => [...files.keys()].filter((path) => path.startsWith(prefix)))
      yield* paths
    },
  }
}

function unreachable(saw: Saw): JobError {
  saw('store read failed')
  return new JobError('store-unreachable', 'The store does not answer.', 'Wait for it.')
}
