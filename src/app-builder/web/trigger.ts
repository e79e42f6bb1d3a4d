import * as z from 'zod'
import { fromUserToken, noKnownCallers } from '../../auth/ims/from-user-token'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { findJob } from '../../definition/find-job'
import { nothingToDo } from '../../pipeline/due'
import { firstIssue } from '../params/first-issue'
import { readSettings } from '../params/parse-inputs'
import { readCallerRules } from './caller-rules'
import { defineWebAction, json } from './define-web-action'
import type { NothingToDo } from '../../pipeline/due'
import type { Job } from '../../definition/job'
import type { ActionParams, Platform } from '../platform'
import type { WebResponse } from './define-web-action'
import type { WebRequest } from './web-request'

const known = noKnownCallers()

const TriggerRequest = z.strictObject({ job: z.string().min(1), force: z.boolean().default(false) })

/** The action `trigger-job`: a person who is logged in starts the job that the alarm runs. */
export function triggerAction(jobs: readonly Job[]): (params: ActionParams) => Promise<object> {
  return defineWebAction(jobs, trigger)
}

/**
 * Starts `run-job` without waiting for it, unless the due work has succeeded or a run is in progress. It is the same
 * job, with the same state, that the alarm runs.
 */
async function trigger(platform: Platform, request: WebRequest): Promise<WebResponse> {
  await admitCaller(platform, request)
  const { job: name, force } = readTriggerRequest(request)
  const job = findJob(platform.jobs, name)
  const { files: store, ims, params } = platform
  const noRun = await nothingToDo({
    job,
    store,
    clock: ims.clock,
    settings: readSettings(params, platform.jobs),
  })
  if (noRun && (!force || noRun.reason === 'lease-held')) return json(200, briefly(noRun))

  const run = await platform.invoke('run-job', { job: job.name })
  return json(202, { job: job.name, run, next: `aio rt activation get ${run}` })
}

/**
 * Authorises the caller by the caller's own token only: no credential of the app may stand in for a caller.
 * @throws JobError `caller-unauthorized`, `caller-forbidden`, `token-unavailable`
 */
async function admitCaller(platform: Platform, { headers }: WebRequest): Promise<void> {
  const { authorization } = headers
  if (authorization === undefined) throw anonymous
  const caller = { authorization, orgId: headers['x-gw-ims-org-id'] }
  await fromUserToken({ caller, rules: readCallerRules(platform.params), known }, platform.ims)()
}

/** The last run's outcome and counts only. Messages may quote servers, so only the operator may read them. */
function briefly({ lastRun, ...answer }: NothingToDo): object {
  if (!lastRun) return { ...answer, lastRun: null }
  const { outcome, reason, startedAt, endedAt, held } = lastRun
  const counts = Object.fromEntries(Object.entries(lastRun).filter(([, value]) => typeof value === 'number'))
  return { ...answer, lastRun: { outcome, reason, startedAt, endedAt, ...counts, held: held.length } }
}

function readTriggerRequest({ method, body, headers }: WebRequest): z.infer<typeof TriggerRequest> {
  if (method !== 'post') throw invalid('the method is not POST')
  if (!headers['content-type']?.startsWith('application/json'))
    throw invalid('the body is not application/json')
  const parsed = TriggerRequest.safeParse(parseJson(body))
  if (parsed.success) return parsed.data
  const { path, message } = firstIssue(parsed.error)
  throw invalid(`${path === '' ? 'the body' : path}: ${message}`)
}

const anonymous = new JobError(
  'caller-unauthorized',
  'Unauthorized: the header Authorization is missing.',
  'Send `Authorization: Bearer <token>` and `x-gw-ims-org-id`.',
)

function invalid(what: string): JobError {
  return new JobError(
    'params-invalid',
    `The request is invalid: ${what}.`,
    'Send POST with {"job":"flights"}.',
  )
}
