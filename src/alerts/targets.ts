import type { JobError } from '../errors'
import type { Job } from '../definition/job'
import type { Condition } from './condition'
import type { AlertSettings } from './settings'
import type { Target } from './look'

/** Names the period of a job's runs for each linked organisation: `orders@all`. */
const forTenants = '@all'

/** A linked organisation, as far as it matters here. `name` is that of its files. */
export type WatchedTenant =
  | { readonly kind: 'linked'; readonly name: string }
  | { readonly kind: 'withdrawn'; readonly name: string; readonly orgId: string }
  | { readonly kind: 'unreadable'; readonly name: string; readonly error: JobError }

/** Everything that is watched: each job, each organisation that is linked, and each job of each organisation. */
export function targetsOf(
  jobs: readonly Job[],
  tenants: readonly WatchedTenant[],
  { everyMinutes }: Pick<AlertSettings, 'everyMinutes'>,
): readonly Target[] {
  const own = jobs.map((job): Target => {
    const namesakes = jobs.filter(({ name }) => name === job.name).length
    const faults = [...job.faults, ...(namesakes > 1 ? [`${namesakes} jobs have its name`] : [])]
    return jobTarget(job.name, { ...job, faults }, everyMinutes[job.name])
  })
  // A faulty definition is told once, by the job itself.
  const sound = jobs.filter(({ faults }) => faults.length === 0)
  const ofTenants = tenants.flatMap((tenant): readonly Target[] => [
    organisation(tenant),
    ...sound.map((job) => {
      const period = tenant.kind === 'linked' ? everyMinutes[job.name + forTenants] : undefined
      return jobTarget(`${job.name}@${tenant.name}`, job, period)
    }),
  ])
  const all = [...own, ...ofTenants]
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index)
}

function jobTarget(name: string, job: Job, everyMinutes: number | undefined): Target {
  return { kind: 'job', name, job, everyMinutes: everyMinutes ?? null }
}

function organisation(tenant: WatchedTenant): Target {
  const speaksOf = ['needs-reauth', 'state-unreadable'] as const
  return { kind: 'known', name: tenant.name, snapshot: { speaksOf, conditions: conditionsOf(tenant) } }
}

function conditionsOf(tenant: WatchedTenant): readonly Condition[] {
  if (tenant.kind === 'linked') return []
  if (tenant.kind === 'withdrawn') return [withdrawn(tenant.orgId)]
  const { code, message: text, remedy } = tenant.error
  const title = 'the file of a linked organisation cannot be read'
  return [{ kind: 'state-unreadable', subjects: [code], title, text, remedy }]
}

function withdrawn(orgId: string): Condition {
  return {
    kind: 'needs-reauth',
    subjects: ['consent'],
    title: 'the organisation has withdrawn its consent',
    text: 'No job runs for it until an admin of it consents again.',
    remedy: `Send an admin a link: aio rt action invoke analytics-ingest/connect --param invite adobe --param org ${orgId} --result`,
  }
}

/** Notes about periods of jobs that do not exist: a misspelt name leaves its job unwatched. */
export function unknownNames(
  jobs: readonly Job[],
  { everyMinutes }: Pick<AlertSettings, 'everyMinutes'>,
): readonly string[] {
  const known = jobs.flatMap(({ name }) => [name, name + forTenants])
  const unknown = Object.keys(everyMinutes).filter((name) => !known.includes(name))
  return unknown.map(
    (name) =>
      `ALERTS.everyMinutes names "${name}", and there is no such job. Known names: ${known.join(', ')}. Correct it in ext.config.yaml and deploy again.`,
  )
}
