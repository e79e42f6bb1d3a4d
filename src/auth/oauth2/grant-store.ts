import { createHash } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { Grant } from './grant'
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
  /** @throws JobError `store-unreachable`, `state-corrupt` where something is kept that cannot be opened */
  read(): Promise<GrantVersion>
  /** Like {@link read}, but what cannot be opened is copied aside first and counts as nothing: it may be replaced. */
  readToReplace(): Promise<GrantVersion>
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

    async function read(unreadable: (body: Buffer) => Promise<GrantContent>): Promise<GrantVersion> {
      const blob = await store.read(path)
      if (blob.etag === null) return { ...nothing, etag: null, ageMs: 0 }
      const ageMs = blob.storeNow - blob.modifiedAt
      const opened = contentOf(sealer.open(blob.body.toString('utf8'), path))
      return { ...(opened ?? (await unreadable(blob.body))), etag: blob.etag, ageMs }
    }

    async function setAside(body: Buffer): Promise<GrantContent> {
      const digest = createHash('sha256').update(body).digest('hex').slice(0, 16)
      const copy = `unreadable-grants/${name}-${digest}`
      const answer = await store.write(copy, body, { ifAbsent: true })
      if (answer.kind === 'unknown') throw notSetAside(path, answer.message)
      return nothing
    }

    return {
      read: () => read(() => Promise.reject(unreadable(path))),
      readToReplace: () => read(setAside),
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
  const read = () => Promise.resolve({ ...kept, etag: String(version), ageMs: 0 })
  return {
    read,
    readToReplace: read,
    write(content) {
      kept = content
      version += 1
      return Promise.resolve(String(version))
    },
  }
}

const nothing: GrantContent = { grant: null, claim: null }

/** Null where no key opens it, or something else was sealed. */
function contentOf(opened: string | null): GrantContent | null {
  return opened === null ? null : (Content.safeParse(parseJson(opened)).data ?? null)
}

/** Unreadable is not absent: a wrong key must not cost a refresh token. */
function unreadable(path: string): JobError {
  return new JobError(
    'state-corrupt',
    `The grant in ${path} cannot be opened: TOKEN_ENCRYPTION_KEY is not the key that sealed it, or the file was changed.`,
    'Set TOKEN_ENCRYPTION_KEY to a JSON array, the new key first and the earlier one after it, and deploy again. Where the earlier key is lost, send the owner of the account a new invitation, or delete the file.',
    { details: { path } },
  )
}

function notSetAside(path: string, message: string): JobError {
  return new JobError(
    'store-unreachable',
    `The unreadable grant in ${path} could not be set aside: ${message}.`,
    'Open the invitation again in some minutes.',
  )
}
