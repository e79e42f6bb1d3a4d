import { openGrantStore } from '../../auth/oauth2'
import { openTenants } from '../../state/tenants'
import type { Clock } from '../../clock'
import type { BlobStore } from '../../state/blob-store'
import type { Sealer } from '../../state/sealer'
import type { TenantFile } from '../../state/tenants'
import type { GrantStatus, TenantStatus } from './status'

/** The customer organisations, and whether their consent still stands. @throws JobError `store-unreachable` */
export async function readTenants(files: BlobStore, clock: Clock): Promise<readonly TenantStatus[]> {
  return (await openTenants(files, clock).list()).map(tenantStatus)
}

function tenantStatus(file: TenantFile): TenantStatus {
  if (file.kind === 'unreadable') {
    return { tenant: file.path, status: 'unreadable', linkedAt: null, refusals: 0, firstRefusedAt: null }
  }
  const { orgId, status, linkedAt, refusals } = file.tenant
  return {
    tenant: orgId,
    status,
    linkedAt: iso(linkedAt),
    refusals: refusals?.count ?? 0,
    firstRefusedAt: refusals && iso(refusals.firstAt),
  }
}

/** An owner should consent again this long before the end. */
const soonMs = 7 * 24 * 60 * 60_000

/**
 * The grants that are renewed with a refresh token: where that ends, only their owner can give a new one. Of a token, its
 * times alone are read.
 */
export async function readGrants(
  files: BlobStore,
  sealer: Sealer,
  clock: Clock,
): Promise<readonly GrantStatus[]> {
  const open = openGrantStore(files, sealer, clock)
  const grants: GrantStatus[] = []
  for await (const path of files.list('grants/')) {
    const name = path.slice('grants/'.length)
    const grant = name.replace(/(\/.{8}).*$/, '$1')
    try {
      const stored = (await open(name).read())?.content.grant
      if (typeof stored?.refreshToken !== 'string') continue
      const endsAt = stored.refreshUntil
      const leftMs = endsAt === null ? Infinity : endsAt - clock.now()
      const status = leftMs <= 0 ? 'expired' : leftMs <= soonMs ? 'expires-soon' : 'valid'
      grants.push({ grant, status, endsAt: endsAt === null ? null : iso(endsAt) })
    } catch {
      grants.push({ grant, status: 'unreadable', endsAt: null })
    }
  }
  return grants
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
