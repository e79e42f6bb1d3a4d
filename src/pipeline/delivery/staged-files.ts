import { createHash } from 'node:crypto'
import type { OutboxEntry } from '../../state/outbox-entry'
import type { RunFiles } from '../run-files'

export type StagedFile =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'missing' }
  | { readonly kind: 'damaged' }

/** Fetches staged files, with a limit on the bytes in memory: batches of many partitions travel at the same time. */
export interface StagedFiles {
  /** False while no further file should be fetched. */
  hasRoom(): boolean
  /** @throws JobError `store-unreachable` */
  load(entry: OutboxEntry): Promise<StagedFile>
  /** Fetches the file of the step to come, one at a time. */
  prefetch(entry: OutboxEntry): void
  release(entry: OutboxEntry): void
  /** Waits for what is still being fetched. */
  close(): Promise<void>
}

/** A file is fetched as long as fewer bytes than these are in memory. */
const memoryBytes = 48 * 1024 * 1024

export function openStagedFiles(files: RunFiles): StagedFiles {
  const fetched = new Map<string, Promise<StagedFile>>()
  /** Bytes in the hands of steps, by batch. */
  const sizes = new Map<string, number>()
  let ahead: string | null = null

  async function fetch({ run, file, sha256 }: OutboxEntry): Promise<StagedFile> {
    const bytes = await files.read(run, file)
    if (!bytes) return { kind: 'missing' }
    const actual = createHash('sha256').update(bytes).digest('hex')
    return actual === sha256 ? { kind: 'bytes', bytes } : { kind: 'damaged' }
  }

  function fetchOnce(entry: OutboxEntry): Promise<StagedFile> {
    const file = fetched.get(entry.id) ?? fetch(entry)
    fetched.set(entry.id, file)
    return file
  }

  return {
    hasRoom: () => [...sizes.values()].reduce((sum, size) => sum + size, 0) < memoryBytes,
    async load(entry) {
      if (ahead === entry.id) ahead = null
      const file = await fetchOnce(entry)
      if (file.kind === 'bytes') sizes.set(entry.id, file.bytes.length)
      return file
    },
    prefetch(entry) {
      if (fetched.has(entry.id)) return
      if (ahead !== null) fetched.delete(ahead)
      ahead = entry.id
      // The step fetches the file again and reports the error.
      fetchOnce(entry).catch(() => fetched.delete(entry.id))
    },
    release({ id }) {
      fetched.delete(id)
      sizes.delete(id)
    },
    async close() {
      await Promise.allSettled(fetched.values())
    },
  }
}
