import type * as z from 'zod'
import { JobError } from '../errors'

/**
 * The settings of one destination, from `DELIVERY_SETTINGS`; other names there belong to other destinations.
 * @throws JobError `input-invalid`
 */
export function parseSettings<Schema extends z.ZodObject>(
  schema: Schema,
  settings: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(settings ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new JobError(
    'input-invalid',
    `DELIVERY_SETTINGS: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}.`,
    'Correct the value, or leave it out for its default.',
  )
}
