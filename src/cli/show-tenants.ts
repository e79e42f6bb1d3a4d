import * as z from 'zod'
import { table } from './table'

const Failed = z.object({ message: z.string(), remedy: z.string() })

/** The result of a run for all tenants, as `run-for-tenants` writes it. */
const TenantRuns = z.object({
  job: z.string(),
  outcome: z.string(),
  reason: z.string().optional(),
  runs: z.record(z.string(), z.string()),
  failed: z.record(z.string(), Failed),
  postponed: z.array(z.string()),
  needReauth: z.array(z.string()),
})

/** The lines for a person; null where the answer is not about all tenants. */
export function tenantLines(answer: object): readonly string[] | null {
  const found = TenantRuns.safeParse(answer).data
  if (!found) return null
  const { job, outcome, reason, runs, failed, postponed, needReauth } = found
  const known = [...Object.keys(runs), ...Object.keys(failed), ...postponed, ...needReauth]
  return [
    `${job}: ${outcome}${reason === undefined ? '' : ` (${reason})`}`,
    ...(known.length === 0 ? ['· No organisation is linked, so that nothing was run.'] : []),
    ...table(Object.entries(runs)),
    ...Object.entries(failed).flatMap(([tenant, { message, remedy }]) => [
      `✖ ${tenant}: ${message}`,
      `  → ${remedy}`,
    ]),
    ...postponed.map((tenant) => `· ${tenant} was not reached in time.`),
    ...needReauth.map((tenant) => `· ${tenant} has withdrawn its consent.`),
  ]
}
