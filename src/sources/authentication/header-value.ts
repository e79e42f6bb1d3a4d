import { JobError } from '../../errors'
import type { InputReference, Inputs } from '../../inputs'

/**
 * An input that goes into a header.
 * @throws JobError `input-missing`; `input-invalid` where a header cannot carry it, such as a key with a line break
 */
export function headerValue(reference: InputReference, inputs: Inputs): string {
  const value = inputs(reference)
  if (/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return value
  throw new JobError(
    'input-invalid',
    `The input ${reference.name} has characters that an HTTP header cannot carry, such as a line break.`,
    `Set ${reference.name} to one line of ASCII characters without blanks at its ends, and deploy again.`,
    { details: { input: reference.name } },
  )
}
