import { createHash } from 'node:crypto'
import * as z from 'zod'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { openVersionedFile } from '../../state/versioned-file'
import { Grant } from './grant'
import type { Clock } from '../../clock'
import type { BlobStore } from '../../state/blob-store'
import type { Sealer } from '../../state/sealer'
import type { VersionedFile } from '../../state/versioned-file'

const Content = z.object({
  grant: Grant.nullable(),
  /** Random id of the container that is renewing it. */
  lock: z.string().nullable(),
})
export type GrantContent = z.infer<typeof Content>

/** The file of one grant. Reading it throws `state-corrupt` if it cannot be opened. */
export interface GrantFile extends VersionedFile<GrantContent> {
  /**
   * Prepares the file for a replacement, whatever it holds: one that cannot be opened is copied aside first.
   * @returns the ETag to write over; null if there is no file
   * @throws JobError `store-unreachable`
   */
  readyToReplace(): Promise<string | null>
}

/** Opens the file of a grant by name: refresh tokens must outlive the container. */
export type GrantStore = (name: string) => GrantFile

/** A renewed grant that is not stored is lost, so its write is retried for longer than most outages. */
const patienceMs = 60_000

/** Stores grants encrypted, as files `grants/<name>`. */
export function openGrantStore(store: BlobStore, sealer: Sealer, clock: Clock): GrantStore {
  return function open(name) {
    const path = `grants/${name}`
    const place = { store, clock, patienceMs }

    function unseal(body: Buffer): GrantContent | null {
      return contentOf(sealer.open(body.toString('utf8'), path))
    }

    async function setAside(body: Buffer): Promise<void> {
      const digest = createHash('sha256').update(body).digest('hex').slice(0, 16)
      const asIs = (bytes: Buffer) => bytes
      const copy = `unreadable-grants/${name}-${digest}`
      await openVersionedFile({ ...place, path: copy, encode: asIs, decode: asIs }).write(body, null)
    }

    const file = openVersionedFile<GrantContent>({
      ...place,
      path,
      encode: (content) => Buffer.from(sealer.seal(JSON.stringify(content), path)),
      decode: (body) => unseal(body) ?? unreadable(path),
    })
    return {
      ...file,
      async readyToReplace() {
        const blob = await store.read(path)
        if (blob.etag !== null && unseal(blob.body) === null) await setAside(blob.body)
        return blob.etag
      },
    }
  }
}

/** A grant file in memory: the grant lives as long as its provider. */
export function grantInMemory(): GrantFile {
  let content: GrantContent = { grant: null, lock: null }
  let version = 0
  return {
    path: 'memory',
    read: () => Promise.resolve({ content, etag: String(version), modifiedAt: 0, storeNow: 0 }),
    write(next) {
      content = next
      version += 1
      return Promise.resolve({ kind: 'applied', etag: String(version) })
    },
    readyToReplace: () => Promise.resolve(String(version)),
  }
}

/** Null if no key opens it, or its content is not a grant. */
function contentOf(opened: string | null): GrantContent | null {
  return opened === null ? null : (Content.safeParse(parseJson(opened)).data ?? null)
}

/** An unreadable file must not read as absent: with a wrong key a refresh token would be overwritten. */
function unreadable(path: string): never {
  throw new JobError(
    'state-corrupt',
    `The grant in ${path} cannot be opened: TOKEN_ENCRYPTION_KEY is not the key that sealed it, or the file was changed.`,
    'Set TOKEN_ENCRYPTION_KEY to a JSON array, the new key first and the earlier one after it, and deploy again. If the earlier key is lost, send the owner of the account a new invitation, or delete the file.',
    { details: { path } },
  )
}
