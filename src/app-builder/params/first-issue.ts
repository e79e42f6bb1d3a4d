import type * as z from 'zod'

/** The first issue that zod found: its path and message, as parts of a sentence. */
export function firstIssue(error: z.ZodError): { readonly path: string; readonly message: string } {
  const issue = error.issues[0]
  const path = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
  return { path, message: issue?.message ?? 'is not valid' }
}
