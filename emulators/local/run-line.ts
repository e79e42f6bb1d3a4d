import * as z from 'zod'
import type { Activation } from '../app-builder/openwhisk/activation'

const Report = z.object({
  job: z.string(),
  outcome: z.string(),
  reason: z.string().optional(),
  rows: z.number().optional(),
  batches: z.number().optional(),
  confirmed: z.number().optional(),
})

/** One line about an ended activation: time of day, job or action, outcome, counts and duration. */
export function runLine({ name, end, duration = 0, response }: Activation): string {
  const time = new Date(end).toTimeString().slice(0, 8)
  const seconds = `${(duration / 1000).toFixed(1)} s`
  const report = Report.safeParse(response.result).data
  if (!report) return `${time}  ${name}: ${response.status} (${seconds})`
  const { job, outcome, reason, rows, batches = 0, confirmed = 0 } = report
  const counts =
    rows === undefined
      ? ''
      : ` – ${rows.toLocaleString('en')} rows, ${confirmed} of ${batches} batches confirmed`
  return `${time}  ${job}: ${outcome}${reason === undefined ? '' : `, ${reason}`}${counts} (${seconds})`
}
