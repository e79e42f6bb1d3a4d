import * as z from 'zod'
import { imsChain } from '../../auth/ims/ims-chain'
import { JobError } from '../../errors'
import { findJob } from '../../jobs/find-job'
import { nothingToDo } from '../../pipeline/due'
import { clock, http } from '../container'
import { readCredentials } from '../params/credential-params'
import { invokeAction } from '../invoke-action'
import { readServiceUrls, readSettings } from '../params/parse-inputs'
import { readRuntime } from '../params/runtime'
import { imsContext } from '../service-token'
import { filesStore } from '../storage/stores'
import { readCallerRules } from './caller-rules'
import { defineWebAction } from './define-web-action'
import { siblingAction } from './own-urls'
import type { ConfirmedCallers } from '../../auth/ims/from-user-token'
import type { Job } from '../../jobs/job'
import type { ActionParams } from '../define-action'
import type { WebContext, WebResponse } from './define-web-action'
import type { WebRequest } from './web-request'

const confirmed: ConfirmedCallers = new Map()

const TriggerRequest = z.strictObject({ job: z.string().min(1), force: z.boolean().default(false) })

/** The action `trigger-job`: the same job that the alarm runs, for a person who is logged in. */
export function triggerAction(jobs: readonly Job[]): (params: ActionParams) => Promise<object> {
  return defineWebAction(jobs, trigger)
}

/**
 * A person asks for a run: nothing happens where the due work has succeeded, otherwise `run-job` is started and goes on
 * by itself. It is the same job, with the same state, that the alarm runs.
 */
async function trigger(context: WebContext): Promise<WebResponse> {
  const { jobs, params, request } = context
  await admitCaller(context)
  const { job: name, force } = readTriggerRequest(request)
  const job = findJob(jobs, name)
  const runtime = readRuntime(process.env)
  const store = filesStore(readServiceUrls(params), runtime)
  const noRun = force ? null : await nothingToDo({ job, store, clock, settings: readSettings(params, jobs) })
  if (noRun) return json(200, noRun)

  const run = await invokeAction(http, runtime, siblingAction(runtime, 'run-job'), { job: job.name })
  return json(202, { job: job.name, run, next: `aio rt activation get ${run}` })
}

/** @throws JobError `caller-unauthorized`, `token-unavailable` */
async function admitCaller({ params, request, log }: WebContext): Promise<void> {
  const { authorization } = request.headers
  if (authorization === undefined) throw anonymous
  const caller = { authorization, orgId: request.headers['x-gw-ims-org-id'] }
  const user = { caller, rules: readCallerRules(params), confirmed }
  await imsChain(readCredentials(params), imsContext(readServiceUrls(params)), { log, user })()
}

function readTriggerRequest({ method, body, headers }: WebRequest): z.infer<typeof TriggerRequest> {
  if (method !== 'post') throw invalid('the method is not POST')
  if (!headers['content-type']?.startsWith('application/json'))
    throw invalid('the body is not application/json')
  const parsed = TriggerRequest.safeParse(parseJson(body))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw invalid(`${issue?.path.join('.') ?? 'the body'}: ${issue?.message ?? 'is not right'}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function json(statusCode: number, body: object): WebResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  }
}

const anonymous = new JobError(
  'caller-unauthorized',
  'The caller is not let in: the header Authorization is missing.',
  'Send `Authorization: Bearer <token>` and `x-gw-ims-org-id`.',
)

function invalid(what: string): JobError {
  return new JobError(
    'params-invalid',
    `The request is not right: ${what}.`,
    'Send POST with {"job":"flights"}.',
  )
}
