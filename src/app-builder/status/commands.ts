import * as z from 'zod'
import { JobError } from '../../errors'
import { findJob } from '../../definition/find-job'
import { firstIssue } from '../params/first-issue'
import { readRunParams } from '../params/run-params'
import { command as connectCommand } from '../web/invite'
import { assertOwnOrigin } from './admission'
import type { Platform } from '../platform'
import type { WebRequest } from '../web/web-request'
import type { Session, Sessions } from './sessions'

const text = z.string().min(1)

/** The forms of the page. The fields of a command are the parameters of `run-job`, which alone knows their meaning. */
const Form = z.discriminatedUnion('do', [
  z.strictObject({
    ...{ do: z.literal('run-job'), token: text, job: text, tenant: text.optional() },
    ...{ resolve: text.optional(), as: text.optional(), approve: text.optional() },
  }),
  z.looseObject({ do: z.literal('invite'), token: text, invite: text }),
])
export type StatusForm = z.infer<typeof Form>

/** The form of a POST. @throws JobError `caller-forbidden` where the page did not send it, `params-invalid` */
export function readForm(
  platform: Platform,
  request: WebRequest,
  sessions: Sessions,
  session: Session,
): StatusForm {
  assertOwnOrigin(platform, request)
  const fields = Object.fromEntries(new URLSearchParams(request.body))
  if (!sessions.isFormToken(fields.token ?? '', session)) throw staleForm
  const parsed = Form.safeParse(fields)
  if (parsed.success) return parsed.data
  const { path, message } = firstIssue(parsed.error)
  throw new JobError('params-invalid', `The form is invalid: ${path}: ${message}.`, 'Load the page again.')
}

/**
 * Invokes `run-job` as an operator would by hand; its rules decide what is accepted.
 * @returns the id of the activation
 * @throws JobError `params-invalid`, `job-unknown`, `unexpected`
 */
export async function startRun(
  { jobs, invoke }: Pick<Platform, 'jobs' | 'invoke'>,
  { job, tenant, resolve, as, approve }: Extract<StatusForm, { do: 'run-job' }>,
): Promise<string> {
  const given = Object.fromEntries(
    Object.entries({ job, tenant, resolve, as, approve }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>
  findJob(jobs, readRunParams(given).job)
  try {
    return await invoke('run-job', given)
  } catch (error) {
    if (error instanceof JobError && error.code === 'action-unavailable') throw notKnown(error)
    throw error
  }
}

/** No alarm carries a command out, and an invocation whose answer was lost may run. */
function notKnown({ message }: JobError): JobError {
  return new JobError(
    'action-unavailable',
    message,
    'Load the page again: it shows whether the command was carried out. If it was not, give it again; it is not carried out twice.',
  )
}

/** An invitation that `connect` made. */
export interface Invited {
  readonly link: string
  readonly next: string
}

/** Makes an invitation as `connect` does for the holder of the namespace's key. Fields `input.NAME` are its inputs. */
export async function invitePerson(
  platform: Platform,
  form: Extract<StatusForm, { do: 'invite' }>,
): Promise<Invited> {
  const inputs = Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) =>
      name.startsWith(inputPrefix) && value !== '' ? [[name.slice(inputPrefix.length), value]] : [],
    ),
  ) as Record<string, unknown>
  const params = { ...platform.params, invite: form.invite, inputs }
  return z.object({ link: text, next: text }).parse(await connectCommand({ ...platform, params }))
}

/** Before the name of an input in a form. */
export const inputPrefix = 'input.'

const staleForm = new JobError(
  'caller-forbidden',
  'Forbidden: the form does not belong to the session of this browser.',
  'Load the page again, and decide there.',
)
