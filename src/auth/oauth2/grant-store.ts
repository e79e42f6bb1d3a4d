import { Grant } from './grant'
import * as z from 'zod'
import type { BlobStore } from '../../state/blob-store'
import type { Sealer } from '../../state/sealer'

const Content = z.object({
  grant: Grant.nullable(),
  /** Who is renewing it, by a name made up for that. */
  claim: z.string().nullable(),
})
export type GrantContent = z.infer<typeof Content>

export interface GrantVersion extends GrantContent {
  /** Null where nothing has been kept yet. */
  readonly etag: string | null
  /** Since it was written, on the store's own clock, ms. */
  readonly ageMs: number
}

/** Where one grant is kept. */
export interface GrantFile {
  /** @throws JobError `store-unreachable` */
  read(): Promise<GrantVersion>
  /**
   * Replaces the version `etag`. Returns the new one; null where somebody else has written, or nobody can tell: read.
   * @throws JobError `store-refused`
   */
  write(content: GrantContent, etag: string | null): Promise<string | null>
}

/** Where grants are kept, by name, so that a refresh token outlives its container. */
export type GrantStore = (name: string) => GrantFile

/** Keeps grants as files `grants/<name>`, sealed: nothing of them lies in the store in the clear. */
export function openGrantStore(store: BlobStore, sealer: Sealer): GrantStore {
  return function open(name) {
    const path = `grants/${name}`
    return {
      async read() {
        const blob = await store.read(path)
        if (blob.etag === null) return { ...nothing, etag: null, ageMs: 0 }
        const ageMs = blob.storeNow - blob.modifiedAt
        return { ...contentOf(sealer.open(blob.body.toString('utf8'), path)), etag: blob.etag, ageMs }
      },
      async write(content, etag) {
        const body = Buffer.from(sealer.seal(JSON.stringify(content), path))
        const answer = await store.write(path, body, etag === null ? { ifAbsent: true } : { ifMatch: etag })
        return answer.kind === 'written' ? answer.etag : null
      },
    }
  }
}

/** Keeps grants for as long as the provider that uses them. */
export function keepInMemory(): GrantFile {
  let kept: GrantContent = nothing
  let version = 0
  return {
    read: () => Promise.resolve({ ...kept, etag: String(version), ageMs: 0 }),
    write(content) {
      kept = content
      version += 1
      return Promise.resolve(String(version))
    },
  }
}

const nothing: GrantContent = { grant: null, claim: null }

/** What another key has sealed is lost: the same as nothing. */
function contentOf(opened: string | null): GrantContent {
  if (opened === null) return nothing
  return Content.safeParse(JSON.parse(opened)).data ?? nothing
}
