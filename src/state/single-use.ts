import { createHash, randomUUID } from 'node:crypto'
import { openVersionedFile } from './versioned-file'
import type { Clock } from '../clock'
import type { BlobStore } from './blob-store'

/** Single-use names: create-only files, so that exactly one of several concurrent callers claims a name. */
export interface SingleUse {
  /** True for the first caller, false for every other. @throws JobError `store-unreachable`, `store-refused` */
  claim(name: string, expiresAt: number): Promise<boolean>
  /** Whether it has been claimed. */
  isClaimed(name: string, expiresAt: number): Promise<boolean>
  /** Deletes claims whose expiry has passed. */
  tidy(now: number): Promise<void>
}

const folder = 'used/'
/** A person waits for it in the browser. */
const patienceMs = 5_000

/** The expiry is part of a claim's path, so that old ones are found without being read. */
export function openSingleUse(store: BlobStore, clock: Clock): SingleUse {
  return {
    async claim(name, expiresAt) {
      const file = openVersionedFile<string>({
        path: pathOf(name, expiresAt),
        store,
        clock,
        patienceMs,
        encode: (claimant) => Buffer.from(claimant),
        decode: (body) => body.toString('utf8'),
      })
      return (await file.write(randomUUID(), null)).kind === 'applied'
    },
    async isClaimed(name, expiresAt) {
      return (await store.read(pathOf(name, expiresAt))).etag !== null
    },
    async tidy(now) {
      for await (const path of store.list(folder)) {
        const expiresAt = Number(path.slice(folder.length).split('-', 1)[0])
        if (expiresAt < now) await store.delete(path)
      }
    },
  }
}

function pathOf(name: string, expiresAt: number): string {
  return `${folder}${expiresAt}-${createHash('sha256').update(name).digest('hex')}`
}
