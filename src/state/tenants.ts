import * as z from 'zod'
import { JobError } from '../errors'
import type { BlobStore } from './blob-store'

/** A customer organisation whose admin consented. */
export const Tenant = z.object({
  version: z.literal(1),
  orgId: z.string(),
  /** The credential that the consent was given to. */
  clientId: z.string(),
  /** ms since the epoch */
  linkedAt: z.number(),
  status: z.enum(['linked', 'needs-reauth']),
  /** Inputs that are this tenant's own, such as its report suite. Never a secret. */
  inputs: z.record(z.string(), z.string()),
})
export type Tenant = z.infer<typeof Tenant>

/** The linked tenants, one small file each: they come and go by themselves and never wait for one another. */
export interface Tenants {
  list(): Promise<readonly Tenant[]>
  /** Null where it is not linked. @throws JobError `state-corrupt` */
  find(orgId: string): Promise<Tenant | null>
  save(tenant: Tenant): Promise<void>
}

const folder = 'tenants/'
const tries = 5

/** @throws JobError `store-unreachable`, `store-refused`, `state-corrupt` */
export function openTenants(store: BlobStore): Tenants {
  async function read(path: string): Promise<Tenant | null> {
    const blob = await store.read(path)
    return blob.etag === null ? null : parseTenant(path, blob.body)
  }

  return {
    async list() {
      const found: Tenant[] = []
      for await (const path of store.list(folder)) {
        const tenant = await read(path)
        if (tenant) found.push(tenant)
      }
      return found
    },
    find: (orgId) => read(pathOf(orgId)),
    async save(tenant) {
      const body = Buffer.from(JSON.stringify(tenant))
      for (let attempt = 0; attempt < tries; attempt += 1) {
        const { etag } = await store.read(pathOf(tenant.orgId))
        const answer = await store.write(
          pathOf(tenant.orgId),
          body,
          etag === null ? { ifAbsent: true } : { ifMatch: etag },
        )
        if (answer.kind === 'written') return
      }
      throw new JobError('store-unreachable', `${tenant.orgId} could not be saved.`, 'Try again.')
    },
  }
}

function parseTenant(path: string, body: Buffer): Tenant {
  try {
    return Tenant.parse(JSON.parse(body.toString('utf8')))
  } catch {
    throw new JobError(
      'state-corrupt',
      `The file ${path} is not a linked tenant.`,
      'Delete it and let an admin of the organisation consent again.',
      { details: { path } },
    )
  }
}

/** `@` is kept out of paths. */
function pathOf(orgId: string): string {
  return `${folder}${tenantName(orgId)}.json`
}

/** What a tenant's files are called after. */
export function tenantName(orgId: string): string {
  return orgId.replace(/@.*$/, '').replace(/[^\w-]/g, '_')
}
