import { createHash } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { Grant } from './grant'
import type { BlobStore } from '../../state/blob-store'
import type { Sealer } from '../../state/sealer'

const Content = z.object({
  grant: Grant.nullable(),
  /** Random id of the container that is renewing it. */
  lock: z.string().nullable(),
})
export type GrantContent = z.infer<typeof Content>

export interface GrantVersion extends GrantContent {
  /** Null if the file does not exist. */
  readonly etag: string | null
  /** Time since the write, on the store's clock, ms. */
  readonly ageMs: number
}

/** The file of one grant. */
export interface GrantFile {
  /** @throws JobError `store-unreachable`, `state-corrupt` if the file cannot be opened */
  read(): Promise<GrantVersion>
  /** Like {@link read}, but copies a file that cannot be opened aside and reads it as absent, so that it may be replaced. */
  readToReplace(): Promise<GrantVersion>
  /**
   * Replaces the version `etag` (null: creates the file). Returns the new version; null on a conflict or an unknown
   * outcome, after which the caller must read.
   * @throws JobError `store-refused`
   */
  write(content: GrantContent, etag: string | null): Promise<string | null>
}

/** Opens the file of a grant by name: refresh tokens must outlive the container. */
export type GrantStore = (name: string) => GrantFile

/** Stores grants encrypted, as files `grants/<name>`. */
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

/** A grant file in memory: the grant lives as long as its provider. */
export function grantInMemory(): GrantFile {
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

const nothing: GrantContent = { grant: null, lock: null }

/** Null if no key opens it, or its content is not a grant. */
function contentOf(opened: string | null): GrantContent | null {
  return opened === null ? null : (Content.safeParse(parseJson(opened)).data ?? null)
}

/** An unreadable file must not read as absent: with a wrong key a refresh token would be overwritten. */
function unreadable(path: string): JobError {
  return new JobError(
    'state-corrupt',
    `The grant in ${path} cannot be opened: TOKEN_ENCRYPTION_KEY is not the key that sealed it, or the file was changed.`,
    'Set TOKEN_ENCRYPTION_KEY to a JSON array, the new key first and the earlier one after it, and deploy again. If the earlier key is lost, send the owner of the account a new invitation, or delete the file.',
    { details: { path } },
  )
}

function notSetAside(path: string, message: string): JobError {
  return new JobError(
    'store-unreachable',
    `The unreadable grant in ${path} could not be copied aside: ${message}.`,
    'Open the invitation again in a few minutes.',
  )
}
