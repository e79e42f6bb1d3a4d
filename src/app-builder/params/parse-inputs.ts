import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { Settings } from '../../pipeline/settings'
import { ServiceUrls } from './base-urls'
import { firstIssue } from './first-issue'
import type * as z from 'zod'

type Params = Readonly<Record<string, unknown>>

/** @throws JobError `input-invalid` naming the input */
export function readServiceUrls(params: Params): ServiceUrls {
  return parse(ServiceUrls, params, (path) => path)
}

/**
 * The protocol's times and sizes; `DELIVERY_SETTINGS` is a JSON object that overrides some of them.
 * @throws JobError `input-invalid`
 */
export function readSettings({ DELIVERY_SETTINGS: text }: Params): Settings {
  if (text === undefined || text === '') return Settings.parse({})
  const value = typeof text === 'string' ? parseJson(text) : text
  if (value === undefined) throw invalid('DELIVERY_SETTINGS', 'is not JSON')
  return parse(Settings, value, (path) => `DELIVERY_SETTINGS.${path}`)
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  nameOf: (path: string) => string,
): z.infer<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { path, message } = firstIssue(parsed.error)
  throw invalid(nameOf(path), message)
}

function invalid(name: string, message: string): JobError {
  return new JobError(
    'input-invalid',
    `The input ${name} is not right: ${message}.`,
    `Correct ${name} in .env (see .env.example) and deploy again.`,
    { details: { input: name } },
  )
}
