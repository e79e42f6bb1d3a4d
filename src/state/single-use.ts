import { createHash, randomUUID } from 'node:crypto'
import { JobError } from '../errors'
import type { BlobStore } from './blob-store'

/** Names that can be claimed once, whoever asks at the same moment: create-only files. */
export interface SingleUse {
  /** True for the first caller, false for every other. @throws JobError `store-unreachable`, `store-refused` */
  claim(name: string, expiresAt: number): Promise<boolean>
  /** Whether it has been claimed. */
  isClaimed(name: string, expiresAt: number): Promise<boolean>
  /** Deletes claims on what has expired by itself. */
  tidy(now: number): Promise<void>
}

const folder = 'used/'
const tries = 5

/** The expiry is part of a claim's path, so that old ones are found without being read. */
export function openSingleUse(store: BlobStore): SingleUse {
  return {
    async claim(name, expiresAt) {
      const path = pathOf(name, expiresAt)
      const mine = Buffer.from(randomUUID())
      for (let attempt = 0; attempt < tries; attempt += 1) {
        const answer = await store.write(path, mine, { ifAbsent: true })
        if (answer.kind === 'written') return true
        // Outcome unknown, or our own first try has landed after all: re-read.
        const found = await store.read(path)
        if (found.etag !== null) return found.body.equals(mine)
      }
      throw new JobError(
        'store-unreachable',
        'A link could not be marked as used.',
        'Try again in some minutes.',
      )
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
