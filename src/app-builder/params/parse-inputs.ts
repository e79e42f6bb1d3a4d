import * as z from 'zod'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { EngineSettings } from '../../pipeline/settings'
import { ServiceUrls } from './base-urls'
import { firstIssue } from './first-issue'
import type { Job } from '../../definition/job'

type Params = Readonly<Record<string, unknown>>

/** A job, or the parts of a faulty one, which must not stop the others. */
interface HasSettings {
  readonly destination?: Partial<Pick<Job['destination'], 'settings'>>
}

/** @throws JobError `input-invalid` naming the input */
export function readServiceUrls(params: Params): ServiceUrls {
  return parseInput(ServiceUrls, params, (path) => path)
}

/**
 * The engine's times and sizes. `DELIVERY_SETTINGS` is a JSON object that overrides some of them, and some settings of
 * the destinations of the app's jobs.
 * @throws JobError `input-invalid`, also for a name that none of them knows
 */
export function readSettings(params: Params, jobs: readonly HasSettings[]): EngineSettings {
  const given = readDeliverySettings(params)
  const own = jobs.map(({ destination }) => destination?.settings?.shape ?? {})
  parseInput(z.strictObject(Object.assign({}, EngineSettings.shape, ...own) as z.ZodRawShape), given, nameOf)
  return parseInput(EngineSettings, given, nameOf)
}

/** @throws JobError `input-invalid` where it is no JSON object */
export function readDeliverySettings({ DELIVERY_SETTINGS: text }: Params): Readonly<Record<string, unknown>> {
  if (text === undefined || text === '') return {}
  const value = typeof text === 'string' ? parseJson(text) : text
  if (value === undefined) throw invalidInput('DELIVERY_SETTINGS', 'is not JSON')
  return parseInput(z.record(z.string(), z.unknown()), value, nameOf)
}

const nameOf = (path: string) => (path === '' ? 'DELIVERY_SETTINGS' : `DELIVERY_SETTINGS.${path}`)

/** A value of an input by its schema. @param nameOf the input, or a member of it, at a path */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  nameOf: (path: string) => string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = firstIssue(parsed.error)
  throw invalidInput(nameOf(path), message)
}

export function invalidInput(name: string, message: string): JobError {
  return new JobError(
    'input-invalid',
    `The input ${name} is invalid: ${message}.`,
    `Correct ${name} in .env (see .env.example) and deploy again.`,
    { details: { input: name } },
  )
}
