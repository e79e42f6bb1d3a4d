import { parse } from 'yaml'
import { JobError } from '../../src/errors'
import { inputsOf } from '../../src/definition/job-faults'
import type { Job } from '../../src/definition/job'

/** The practice shop, for inputs that are not set. */
interface Shop {
  readonly url: string
  readonly client: { readonly id: string; readonly secret: string }
}

/** Inputs that the local platform brings along. */
const ofPlatform = /^(?:ANALYTICS|IMS)_/

/**
 * The inputs that a job brings along: from the environment, or those of the practice shop. A data source needs no real
 * name here.
 * @throws JobError `input-missing` naming all that are not set
 */
export function inputsOfTrial(
  job: Job,
  env: Readonly<Record<string, string | undefined>>,
  shop: Shop | null,
): Readonly<Record<string, string>> {
  const references = inputsOf(job)
  const names = [...new Set(references.map(({ name }) => name))].filter((name) => !ofPlatform.test(name))
  const valueOf = (name: string) =>
    (env[name] ?? '') || fromShop(name, shop) || (name.endsWith('_DATA_SOURCE') ? 'Local trial' : '')
  const missing = names.filter((name) => valueOf(name) === '')
  if (missing.length === 0) return Object.fromEntries(names.map((name) => [name, valueOf(name)]))
  throw new JobError(
    'input-missing',
    `Inputs of the job are not set: ${missing.join(', ')}.`,
    'Set them in .env or in the environment; or add --practice, if the job reads from the practice shop.',
  )
}

function fromShop(name: string, shop: Shop | null): string {
  if (!shop) return ''
  if (name.endsWith('_API_BASE_URL')) return shop.url
  if (name.endsWith('_API_CLIENT_ID')) return shop.client.id
  return name.endsWith('_API_CLIENT_SECRET') ? shop.client.secret : ''
}

interface Manifest {
  readonly runtimeManifest?: {
    readonly packages?: Readonly<
      Record<string, { readonly triggers?: Readonly<Record<string, Trigger>> } | undefined>
    >
  }
}
interface Trigger {
  readonly inputs?: { readonly trigger_payload?: { readonly job?: unknown } }
}

/** The alarm that wakes a job. @throws JobError `job-invalid` where the manifest has none */
export function alarmOf(manifest: string, job: string): string {
  const { runtimeManifest } = parse(manifest) as Manifest
  const triggers = Object.values(runtimeManifest?.packages ?? {}).flatMap((one) =>
    Object.entries(one?.triggers ?? {}),
  )
  const [alarm] = triggers.find(([, { inputs }]) => inputs?.trigger_payload?.job === job) ?? []
  if (alarm !== undefined) return alarm
  throw new JobError(
    'job-invalid',
    `ext.config.yaml has no alarm for the job ${job}.`,
    'Add a trigger whose trigger_payload names the job, and a rule: docs/jobs.md.',
  )
}
