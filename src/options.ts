import * as z from 'zod'

/**
 * Checks the options of a definition, also those that the compiler could not see (JavaScript, dynamic values). It
 * throws nothing: the faults are returned with the definition, so that only the job with that definition fails to open.
 * @param what names the definition in each fault
 */
export function parseOptions<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  options: unknown,
): { readonly options: z.output<Schema> | null; readonly faults: readonly string[] } {
  // Compiling a parser pays off for many values: options are parsed once, while a container starts.
  const parsed = schema.safeParse(options, { jitless: true })
  if (parsed.success) return { options: parsed.data, faults: [] }
  return { options: null, faults: parsed.error.issues.map((issue) => `${what}: ${sentenceOf(issue)}`) }
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `there is no option ${issue.keys.map((key) => `"${[...issue.path, key].join('.')}"`).join(', ')}`
  }
  return issue.path.length === 0 ? issue.message : `"${issue.path.join('.')}" ${issue.message}`
}

/** Where a value is in a record or an answer, such as `meta.updatedAt`. */
export const FieldPath = z
  .string({ error: 'must be a field path, such as "meta.updatedAt"' })
  .regex(/^[^.]+(?:\.[^.]+)*$/, 'must be a field path, such as "meta.updatedAt"')
