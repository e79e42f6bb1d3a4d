import { openTenants } from '../state/tenants'
import { http } from './container'
import { invokeAction } from './invoke-action'
import { readServiceUrls } from './params/parse-inputs'
import { readRuntime } from './params/runtime'
import { filesStore } from './storage/stores'
import type { ActionContext } from './define-action'

/** What became of a job for every tenant: each runs by itself, with its own state, and reports by itself. */
export interface TenantRuns {
  readonly job: string
  readonly outcome: 'succeeded'
  /** Activations, by organisation. */
  readonly started: Readonly<Record<string, string>>
  /** Organisations that have withdrawn their consent. */
  readonly needReauth: readonly string[]
}

/** Starts a job once for each linked organisation, without waiting. */
export async function runForTenants({ params, log }: ActionContext, job: string): Promise<TenantRuns> {
  const runtime = readRuntime(process.env)
  const tenants = await openTenants(filesStore(readServiceUrls(params), runtime)).list()
  const started: Record<string, string> = {}
  for (const { orgId, status } of tenants) {
    if (status === 'linked')
      started[orgId] = await invokeAction(http, runtime, runtime.actionName, { job, tenant: orgId })
  }
  const needReauth = tenants.flatMap(({ orgId, status }) => (status === 'needs-reauth' ? [orgId] : []))
  if (needReauth.length > 0)
    log.warn('Some tenants have withdrawn their consent.', { needReauth: needReauth.join(' ') })
  return { job, outcome: 'succeeded', started, needReauth }
}
