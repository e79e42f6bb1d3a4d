import * as z from 'zod'
import { JobError } from '../../errors'
import type { Invitation } from '../../auth/consent/invitations'
import type { ActionParams } from '../define-action'

/** The CLI passes strings; what is kept in the clear may not be a secret. */
const Inputs = z
  .preprocess(
    (value) => (typeof value === 'string' ? (parseJson(value) ?? value) : value),
    z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string(), 'must be a JSON object of texts'),
  )
  .refine(
    (inputs) => Object.keys(inputs).every((name) => !/(SECRET|KEY|PASSWORD|TOKEN|URL)/.test(name)),
    'may not name secrets or addresses',
  )

const InvitationParams = z.object({ invite: z.string().min(1), inputs: Inputs.default({}) })

/** @throws JobError `params-invalid` */
export function readInvitationParams(params: ActionParams): Invitation {
  const parsed = InvitationParams.safeParse({ invite: params.invite, inputs: params.inputs })
  if (parsed.success) return { to: parsed.data.invite, inputs: parsed.data.inputs }
  const issue = parsed.error.issues[0]
  throw new JobError(
    'params-invalid',
    `The parameter "${String(issue?.path[0] ?? '')}" is not right: ${issue?.message ?? 'invalid'}.`,
    `Example: --param invite adobe --param inputs '{"ANALYTICS_REPORT_SUITE":"their-suite"}'`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
