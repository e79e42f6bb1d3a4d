import * as z from 'zod'
import { JobError } from '../../errors'
import { flag, readRequest } from './request'

const text = z.string().min(1)
/** A cursor. In JSON, such as the payload of a trigger, a number cursor is a number; beyond 2^53 it was rounded. */
const place = z
  .union([text, z.number()])
  .refine(
    (value) => !Number.isInteger(value) || Number.isSafeInteger(value),
    'is beyond 2^53, where numbers lose digits: give it as a text',
  )
  .transform(String)

/** The parameters of `run-job`, as a person, an alarm or another action gives them. */
export const RunParams = z.strictObject({
  job: text,
  /** Reads a range again that was read before: rows that were sent then count twice. */
  force: flag.default(false),
  /** Beginning of a range, in the notation of the job: a cursor, or a date or instant of its slices. */
  from: place.optional(),
  /** End of the range; it is not part of it. */
  to: place.optional(),
  dryRun: flag.default(false),
  /** Of a dry run: stores the files that would be sent. */
  keepFiles: flag.default(false),
  inspect: flag.default(false),
  /**
   * The object of a person's decision: a batch, a slice, a backfill, `plan`, `rejects`, `definition`, or the code of a
   * block.
   */
  resolve: text.optional(),
  as: z.enum(['sent', 'resend', 'drop', 'continue']).optional(),
  /** Id of the plan that may be sent, as a report names it. */
  approve: text.optional(),
  /** The run that accepted the same command within the hour; the command is then accepted once more. */
  again: text.optional(),
  /** A linked customer organisation, or `all` of them. */
  tenant: text.optional(),
})
export type RunParams = z.infer<typeof RunParams>

/**
 * The request to `run-job`. A misspelt parameter is an error, not a no-op.
 * @throws JobError `params-invalid`
 */
export function readRunParams(params: Readonly<Record<string, unknown>>): RunParams {
  return alone(dryOnly(lookingOnly(readRequest(RunParams, params))))
}

/** An inspection changes nothing: a command beside it would be silently dropped. */
function lookingOnly(asked: RunParams): RunParams {
  const { job, inspect, ...others } = asked
  const given = givenOf({ ...others, tenant: undefined })
  if (!inspect || given === undefined) return asked
  throw new JobError(
    'params-invalid',
    `The parameter "${given}" has no effect beside "inspect".`,
    `Inspect first, and then run: --param job ${job} --param ${given} …`,
    { details: { parameter: given } },
  )
}

/** A run that sends keeps its files by itself until they are confirmed. */
function dryOnly(asked: RunParams): RunParams {
  if (!asked.keepFiles || asked.dryRun) return asked
  throw new JobError(
    'params-invalid',
    'The parameter "keepFiles" has no effect without "dryRun".',
    `Give both: --param job ${asked.job} --param dryRun true --param keepFiles true`,
    { details: { parameter: 'keepFiles' } },
  )
}

function givenOf(params: Readonly<Record<string, unknown>>): string | undefined {
  return Object.entries(params).find(([, value]) => value !== undefined && value !== false)?.[0]
}

/** With `tenant=all` each run is started with nothing but the job: anything else would be silently dropped. */
function alone(asked: RunParams): RunParams {
  const { tenant, job, ...others } = asked
  const given = givenOf(others)
  if (tenant !== 'all' || given === undefined) return asked
  throw new JobError(
    'params-invalid',
    `The parameter "${given}" cannot be given for all tenants at once.`,
    `Give it for one of them: --param job ${job} --param tenant <org id> --param ${given} …`,
    { details: { parameter: given } },
  )
}
