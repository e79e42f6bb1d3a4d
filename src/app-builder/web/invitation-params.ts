import * as z from 'zod'
import { parseJson } from '../../http/json'
import { requireOrgId } from '../../org-id'
import { invalidParam, readRequest } from '../params/request'
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

const InvitationParams = z.strictObject({
  invite: z.string().min(1).optional(),
  org: z.string().optional(),
  inputs: Inputs.optional(),
  /** The id of an invitation. */
  revoke: z.string().min(1).optional(),
})

/** What the holder of the namespace's key asks of `connect`. */
export type InvitationCommand =
  | { readonly kind: 'revoke'; readonly id: string }
  | { readonly kind: 'invite'; readonly invitation: Omit<Invitation, 'id'> }

/**
 * A misspelt `org` is an error: without one, any organisation could use the invitation.
 * @throws JobError `params-invalid`
 */
export function readInvitationParams(params: ActionParams): InvitationCommand {
  const { invite: to, org, inputs, revoke } = readRequest(InvitationParams, params, example)
  if (revoke !== undefined) {
    const [stray] = Object.entries({ invite: to, org, inputs }).find(([, value]) => value !== undefined) ?? []
    if (stray !== undefined) throw invalidParam(stray, 'has no effect beside "revoke"', example)
    return { kind: 'revoke', id: revoke }
  }
  if (to === undefined) throw invalidParam('invite', 'is missing', example)
  const orgId = org === undefined ? null : requireOrgId(org, 'org')
  return { kind: 'invite', invitation: { to, orgId, inputs: inputs ?? {} } }
}

const example = `--param invite adobe --param org 1234567890ABCDEF12345678@AdobeOrg --param inputs '{"ANALYTICS_REPORT_SUITE":"their-suite"}'`
