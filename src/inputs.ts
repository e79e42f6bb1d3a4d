import { JobError } from './errors'

/** A named action input that a definition refers to; its value arrives with the action's params. */
export interface InputReference {
  readonly kind: 'input' | 'secret'
  readonly name: string
}

/** Refers to a plain input, such as a base URL. Its value may appear in logs. */
export function input(name: string): InputReference {
  return { kind: 'input', name }
}

/** Refers to a secret input of at least six characters. Its value is kept out of every log, error, URL and report. */
export function secret(name: string): InputReference {
  return { kind: 'secret', name }
}

/**
 * Looks a reference up.
 * @throws JobError `input-missing` where the input is unset or empty, `input-invalid` for a secret that is too short
 */
export type Inputs = (reference: InputReference) => string

/** The redactor replaces every occurrence of a secret: a shorter one would also remove parts of ordinary words. */
const shortestSecret = 6

/**
 * App Builder turns an unset `$VAR` into `''`, so empty counts as missing, and an unquoted number into a number.
 * @param onSecret receives the value of each `secret()` before it is returned, so that the redactor knows it from then
 * on
 */
export function inputsFrom(
  values: Readonly<Record<string, unknown>>,
  onSecret: (value: string) => void = () => undefined,
): Inputs {
  return ({ name, kind }) => {
    const value = values[name]
    const text = typeof value === 'number' ? String(value) : value
    if (typeof text !== 'string' || text === '') throw missing(name)
    if (kind === 'secret') {
      if (text.length < shortestSecret) throw tooShort(name)
      onSecret(text)
    }
    return text
  }
}

function missing(name: string): JobError {
  return new JobError(
    'input-missing',
    `The input ${name} is not set.`,
    `Set ${name} in .env, keep it under inputs in ext.config.yaml, and deploy again.`,
    { details: { input: name } },
  )
}

function tooShort(name: string): JobError {
  return new JobError(
    'input-invalid',
    `The secret ${name} has fewer than ${shortestSecret} characters: it cannot be kept out of logs and reports.`,
    `Give ${name} a longer value at the server it belongs to, set it in .env and deploy again.`,
    { details: { input: name } },
  )
}
