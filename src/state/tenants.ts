import * as z from 'zod'
import { JobError, toJobError } from '../errors'
import { openVersionedFile } from './versioned-file'
import type { Clock } from '../clock'
import type { BlobStore } from './blob-store'
import type { FileVersion, VersionedFile } from './versioned-file'

/** Consecutive refusals by IMS that indicate withdrawn consent; times on the store's clock, ms since the epoch. */
const Refusals = z.object({ count: z.number().int(), firstAt: z.number(), lastAt: z.number() })

/** A customer organisation whose admin consented. */
export const Tenant = z.object({
  version: z.literal(1),
  orgId: z.string(),
  /** The credential that the consent was given to. */
  clientId: z.string(),
  /** ms since the epoch */
  linkedAt: z.number(),
  status: z.enum(['linked', 'needs-reauth']),
  refusals: Refusals.nullable(),
  /** Inputs that are this tenant's own, such as where its rows go. Never a secret. */
  inputs: z.record(z.string(), z.string()),
})
export type Tenant = z.infer<typeof Tenant>

/** A tenant's file, or why it cannot be read. A damaged file never blocks the other tenants. */
export type TenantFile =
  | { readonly kind: 'tenant'; readonly tenant: Tenant }
  | { readonly kind: 'unreadable'; readonly path: string; readonly error: JobError }

/** The linked tenants, one small file each, so that a change of one never conflicts with a change of another. */
export interface Tenants {
  list(): Promise<readonly TenantFile[]>
  /** Null where it is not linked. @throws JobError `state-corrupt` */
  find(orgId: string): Promise<Tenant | null>
  /** Replaces the file, also a damaged one. */
  save(tenant: Tenant): Promise<void>
  /** Counts a refusal that indicates withdrawn consent. Returns the status that follows. */
  noteRefusal(orgId: string): Promise<Tenant['status']>
  /** Forgets the refusals: a token was minted. */
  noteGranted(orgId: string): Promise<void>
}

const folder = 'tenants/'
/** An admin waits for it in the browser. */
const patienceMs = 5_000
/**
 * An outage of IMS is no withdrawal: it takes `count` refusals, each `apartMs` after the one before, over at least
 * `ms`.
 */
const withdrawnAfter = { count: 3, ms: 3 * 3_600_000, apartMs: 30 * 60_000 }

/** @throws JobError `store-unreachable`, `store-refused`, `state-corrupt` */
export function openTenants(store: BlobStore, clock: Clock): Tenants {
  /** Its content is text: a damaged file can be replaced. */
  function fileAt(path: string): VersionedFile<string> {
    return openVersionedFile({
      path,
      store,
      clock,
      patienceMs,
      encode: (text) => Buffer.from(text),
      decode: (body) => body.toString('utf8'),
    })
  }

  async function read(path: string): Promise<Tenant | null> {
    const found = await fileAt(path).read()
    return found && parseTenant(path, found.content)
  }

  /** Read, change, compare-and-swap; repeated where another writer won. Null from `change` writes nothing. */
  async function swap(
    orgId: string,
    change: (found: FileVersion<string> | null) => Tenant | null,
  ): Promise<void> {
    const file = fileAt(pathOf(orgId))
    for (let found = await file.read(); ;) {
      const after = change(found)
      if (after === null) return
      const outcome = await file.write(JSON.stringify(after), found?.etag ?? null)
      if (outcome.kind === 'applied') return
      found = outcome.found
    }
  }

  return {
    async list() {
      const found: TenantFile[] = []
      for await (const path of store.list(folder)) {
        try {
          const tenant = await read(path)
          if (tenant) found.push({ kind: 'tenant', tenant })
        } catch (error) {
          found.push({ kind: 'unreadable', path, error: toJobError(error) })
        }
      }
      return found
    },
    find: (orgId) => read(pathOf(orgId)),
    save: (tenant) => swap(tenant.orgId, () => tenant),
    async noteRefusal(orgId) {
      let status: Tenant['status'] = 'needs-reauth'
      await swap(orgId, (found) => {
        const before = found && parseTenant(pathOf(orgId), found.content)
        const after = before && refused(before, found.storeNow)
        status = (after ?? before)?.status ?? status
        return after
      })
      return status
    },
    noteGranted: (orgId) =>
      swap(orgId, (found) => {
        const before = found && parseTenant(pathOf(orgId), found.content)
        return before?.refusals ? { ...before, refusals: null } : null
      }),
  }
}

/** Null where the last counted refusal is so recent that this one may belong to the same outage. */
function refused(tenant: Tenant, now: number): Tenant | null {
  const { refusals } = tenant
  if (refusals && now - refusals.lastAt < withdrawnAfter.apartMs) return null
  const { count, firstAt } = refusals ?? { count: 0, firstAt: now }
  const withdrawn = count + 1 >= withdrawnAfter.count && now - firstAt >= withdrawnAfter.ms
  return {
    ...tenant,
    refusals: { count: count + 1, firstAt, lastAt: now },
    status: withdrawn ? 'needs-reauth' : tenant.status,
  }
}

function parseTenant(path: string, text: string): Tenant {
  try {
    const tenant = Tenant.parse(JSON.parse(text))
    if (pathOf(tenant.orgId) === path) return tenant
    throw new RangeError('it belongs to another organisation')
  } catch {
    throw new JobError(
      'state-corrupt',
      `The file ${path} is not a linked tenant.`,
      'Delete it and let an admin of the organisation consent again.',
      { details: { path } },
    )
  }
}

/** Paths contain no `@`. */
function pathOf(orgId: string): string {
  return `${folder}${tenantName(orgId)}.json`
}

/** The name of a tenant in its files' paths. @param orgId as `readOrgId` spells it */
export function tenantName(orgId: string): string {
  return (orgId.split('@', 1)[0] ?? '').replace(/[^\w-]/g, '_')
}
