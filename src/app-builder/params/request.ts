import * as z from 'zod'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { firstIssue } from './first-issue'

/** `aio rt action invoke --param` sends every value as a string. */
export const flag = z
  .union([z.boolean(), z.enum(['true', 'false'])], 'must be true or false')
  .transform((value) => value === true || value === 'true')

/** Deployment stores the alarm's parameters on the trigger, so they arrive beside the payload. */
const alarmParams = new Set(['cron', 'trigger_payload', 'interval', 'minutes', 'date', 'timezone'])

/**
 * The payload that is stored on the trigger, as an object or as JSON text. `aio rt trigger fire` passes nothing else; an
 * alarm passes the members of the payload as parameters.
 */
const StoredPayload = z
  .preprocess(
    (value) => (typeof value === 'string' ? (parseJson(value) ?? value) : value),
    z.union([z.record(z.string(), z.unknown()), z.literal('')], 'must be a JSON object'),
  )
  .optional()

/** Names of inputs. A name of another form is a parameter, which must be known. */
const inputName = /^[A-Z][A-Z0-9_]*$/

/**
 * Reads the request of an action: its params without the inputs (upper case), the platform's params (`__ow_*`,
 * `__ims_*`) and the alarm's params.
 * @throws JobError `params-invalid`, also for an input that is called like a parameter: `DRY_RUN` would be no dry run
 */
export function readRequest<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
  params: Readonly<Record<string, unknown>>,
  example = '--param job flights; of a trigger, trigger_payload: { job: flights }',
): z.infer<z.ZodObject<Shape, z.core.$strict>> {
  const known = Object.keys(schema.shape)
  const refused = (name: string, message: string) =>
    invalidParam(name, `is invalid: ${message}`, example, known)
  const request = Object.entries(params).filter(
    ([name]) =>
      (!inputName.test(name) || known.some((one) => isSpelling(name, one))) &&
      !name.startsWith('__') &&
      !alarmParams.has(name),
  )
  const stored = StoredPayload.safeParse(params.trigger_payload)
  if (!stored.success) throw refused('trigger_payload', firstIssue(stored.error).message)
  const parsed = schema.safeParse({
    ...(stored.data === '' ? {} : stored.data),
    ...Object.fromEntries(request),
  })
  if (parsed.success) return parsed.data
  const { path, message } = firstIssue(parsed.error)
  const meant = known.find((one) => one !== path && isSpelling(path, one))
  throw refused(
    path,
    meant === undefined ? message : `it is written "${meant}", and no input can have its name`,
  )
}

/** True where two names differ in case and underscores alone. */
function isSpelling(name: string, known: string): boolean {
  const plain = (text: string) => text.replaceAll('_', '').toLowerCase()
  return plain(name) === plain(known)
}

/** The error for a parameter, as a sentence: `The parameter "org" has no effect …` */
export function invalidParam(
  name: string,
  what: string,
  example: string,
  known: readonly string[] = [],
): JobError {
  const names = known.length === 0 ? '' : `Known parameters: ${known.join(', ')}. `
  const remedy = `${names}Example: ${example}.`
  return new JobError('params-invalid', `The parameter "${name}" ${what}.`, remedy, {
    details: { parameter: name },
  })
}
