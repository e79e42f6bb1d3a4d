import * as z from 'zod'

function reference(kinds: readonly string[], error: string) {
  return z.custom<object>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      'name' in value &&
      'kind' in value &&
      kinds.some((kind) => kind === value.kind),
    error,
  )
}

/** A credential is a secret by reference: a value in the code would be in every copy of the code, and in logs. */
export const SecretOption = reference(['secret'], 'must be secret(…)')

/** A part of a credential that may be seen, such as a user name. */
export const InputOption = reference(['input', 'secret'], 'must be input(…) or secret(…)')
