import * as z from 'zod'
import { Counters } from './counters'
import { WaitingPlan } from './plan'

const count = z.number().int()

/** A batch that waits for a person. */
export const HeldBatch = z.object({
  batch: z.string(),
  partition: z.string(),
  rows: count,
  code: z.string(),
  message: z.string(),
  /** Each with its risk, as parameters of `run-job`. */
  choices: z.array(z.string()),
})
export type HeldBatch = z.infer<typeof HeldBatch>

/** A difference between the records of a run and what the job's schema declares. */
export const Drift = z.object({
  /** Dotted path; `items[]` stands for the items of a list. */
  field: z.string(),
  /** `unknown`: not declared; `missing`: declared and absent; `changed`: of another JSON type. */
  change: z.enum(['unknown', 'missing', 'changed']),
  /** A value as it came, without secrets and personal data, cut. */
  example: z.string().optional(),
  records: count,
})
export type Drift = z.infer<typeof Drift>

/** The report of one run, to be checked afterwards. */
export const RunReport = z.object({
  job: z.string(),
  run: z.string(),
  /** Activation id of the platform. */
  activation: z.string(),
  outcome: z.enum(['succeeded', 'partial', 'skipped', 'failed']),
  /** Code of the reason for the outcome, where there is one. */
  reason: z.string().optional(),
  /** Commands with their effect, work that the run could not do, and the end of a wait. */
  notes: z.array(z.string()),
  ...Counters.omit({ rejects: true }).shape,
  rejects: count,
  rejectsByReason: z.record(z.string(), count),
  /** Batches that are not confirmed yet. */
  pending: count,
  held: z.array(HeldBatch),
  /** Differences between records and schema, the most frequent ones; absent where there is none. */
  drift: z.array(Drift).optional(),
  /** Present while a plan waits for a person. */
  plan: WaitingPlan.optional(),
  startedAt: z.string(),
  endedAt: z.string(),
  error: z.object({ code: z.string(), message: z.string(), remedy: z.string() }).optional(),
})
export type RunReport = z.infer<typeof RunReport>

/** Counters as a report shows them. */
export function reportCounts({
  rejects,
  ...numbers
}: Counters): Pick<RunReport, Exclude<keyof Counters, 'rejects'> | 'rejects' | 'rejectsByReason'> {
  const total = Object.values(rejects).reduce((sum, value) => sum + value, 0)
  return { ...numbers, rejects: total, rejectsByReason: rejects }
}
