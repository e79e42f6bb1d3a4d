import { JobError } from '../../errors'
import type { InputReference, Inputs } from '../../inputs'

/**
 * The base URL of a source, without a slash at its end.
 * @throws JobError `input-missing`; `input-invalid` where it is no URL, or has a user, password, query or fragment: those
 * would end up in errors and in the job's state
 */
export function readBaseUrl(reference: InputReference, inputs: Inputs): string {
  const text = inputs(reference)
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) throw invalid(reference, 'is not an http(s) URL')
  if (url.username !== '' || url.password !== '') throw invalid(reference, 'has a user name or password')
  if (/[?#]/.test(text)) throw invalid(reference, 'has a query or a fragment')
  return text.replace(/\/+$/, '')
}

/** The error does not contain the value, which may hold a secret. */
function invalid({ name }: InputReference, what: string): JobError {
  return new JobError(
    'input-invalid',
    `The input ${name} ${what}.`,
    `Set ${name} to a URL like https://api.example.com/base, give credentials to the source's authentication, and deploy again.`,
    { details: { input: name } },
  )
}
