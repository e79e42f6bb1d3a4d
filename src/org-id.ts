import { JobError } from './errors'

const pattern = /^[0-9a-f]{20,32}@AdobeOrg$/i

/**
 * An organisation's id as IMS writes it, `1234567890ABCDEF12345678@AdobeOrg`, in one spelling: IMS ignores case, and
 * two spellings would be two tenants. Null where the text is no such id.
 */
export function readOrgId(text: string): string | null {
  if (text.length > 64 || !pattern.test(text)) return null
  return `${text.slice(0, text.indexOf('@')).toUpperCase()}@AdobeOrg`
}

/** @throws JobError `params-invalid` naming the parameter */
export function requireOrgId(text: string, parameter: string): string {
  const orgId = readOrgId(text)
  if (orgId !== null) return orgId
  throw new JobError(
    'params-invalid',
    `The parameter "${parameter}" is not the id of an organisation.`,
    'It looks like 1234567890ABCDEF12345678@AdobeOrg; the Admin Console shows it.',
    { details: { parameter } },
  )
}
