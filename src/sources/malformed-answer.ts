import { JobError } from '../errors'

/** @param what the end of a sentence about the answer */
export function malformed(url: string, what: string): JobError {
  return new JobError(
    'source-malformed',
    `The answer of ${url} ${what}.`,
    'Compare an answer with the definition of the source.',
    { details: { url } },
  )
}
