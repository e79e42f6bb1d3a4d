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

/** Refers to a secret input. Its value is kept out of every log, error, URL and report. */
export function secret(name: string): InputReference {
  return { kind: 'secret', name }
}

/** Looks a reference up. @throws JobError `input-missing` where the input is unset or empty. */
export type Inputs = (reference: InputReference) => string

/** App Builder turns an unset `$VAR` into `''`, so empty counts as missing. */
export function inputsFrom(values: Readonly<Record<string, unknown>>): Inputs {
  return ({ name }) => {
    const value = values[name]
    if (typeof value === 'string' && value !== '') return value
    throw new JobError(
      'input-missing',
      `The input ${name} is not set.`,
      `Set ${name} in .env, keep it under inputs in ext.config.yaml, and deploy again.`,
      { details: { input: name } },
    )
  }
}
