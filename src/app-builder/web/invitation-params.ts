import * as z from 'zod'
import { JobError } from '../../errors'
import { parseJson } from '../../http/json'
import { requireOrgId } from '../../org-id'
import { firstIssue } from '../params/first-issue'
import type { Invitation } from '../../auth/consent/invitations'
import type { ActionParams } from '../platform'

/** Limit for the inputs: they travel in a link and in a cookie, which browsers limit to 4 KB. */
const maxInputChars = 1_000

/** The CLI passes strings. The values are stored unencrypted, so secrets are refused. */
const Inputs = z
  .preprocess(
    (value) => (typeof value === 'string' ? (parseJson(value) ?? value) : value),
    z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string(), 'must be a JSON object of texts'),
  )
  .refine(
    (inputs) => Object.keys(inputs).every((name) => !/(SECRET|KEY|PASSWORD|TOKEN|URL)/.test(name)),
    'may not name secrets or addresses',
  )
  .refine((inputs) => JSON.stringify(inputs).length <= maxInputChars, `may have ${maxInputChars} characters`)

const InvitationParams = z.object({
  invite: z.string().min(1),
  org: z.string().optional(),
  inputs: Inputs.default({}),
})

/** @throws JobError `params-invalid` */
export function readInvitationParams({ invite, org, inputs }: ActionParams): Omit<Invitation, 'id'> {
  const parsed = InvitationParams.safeParse({ invite, org, inputs })
  if (parsed.success) {
    const { data } = parsed
    return {
      to: data.invite,
      orgId: data.org === undefined ? null : requireOrgId(data.org, 'org'),
      inputs: data.inputs,
    }
  }
  const { path, message } = firstIssue(parsed.error)
  throw new JobError(
    'params-invalid',
    `The parameter "${path}" is invalid: ${message}.`,
    `Example: --param invite adobe --param org 1234567890ABCDEF12345678@AdobeOrg --param inputs '{"ANALYTICS_REPORT_SUITE":"their-suite"}'`,
  )
}
