import { JobError } from '../../errors'
import { misconfigured } from './configuration'
import { member } from './pebble/value'
import type { InputReference, Inputs } from '../../inputs'
import type { AuthenticationDataField, Configuration } from './configuration'
import type { Value, ValueMap } from './pebble/value'

/** The data of an authentication by name: constants of the configuration, inputs, and fields captured from answers. */
export type AuthData = ValueMap

/** Inputs by their name in the configuration: `clientId`, `clientSecret`, `username`, or a data field. */
export type AuthDataInputs = Readonly<Record<string, InputReference>>

/**
 * Collects constants and inputs. Inputs override constants, so that the configuration needs no secrets.
 * @throws JobError `input-missing`, `input-invalid` naming the input
 */
export function collectAuthData(
  { clientId, clientSecret, authenticationDataFields }: Configuration,
  references: AuthDataInputs,
  inputs: Inputs,
): AuthData {
  const fields = new Map(authenticationDataFields.map((field) => [field.name, field]))
  const known = new Map<string, Value>()
  if (clientId !== undefined) known.set('clientId', clientId)
  if (clientSecret !== undefined) known.set('clientSecret', clientSecret)
  for (const { name, value } of authenticationDataFields) if (value !== undefined) known.set(name, value)
  for (const [name, reference] of Object.entries(references)) {
    const field = fields.get(name)
    const text = field && !field.isRequired ? optional(inputs, reference) : inputs(reference)
    if (text !== null) known.set(name, typed(text, field, reference))
  }
  return Object.fromEntries(known)
}

/** @throws JobError `input-invalid` if a required name is neither configured nor referenced as an input */
export function checkReferences(
  name: string,
  configuration: Configuration,
  references: AuthDataInputs,
): void {
  const given = new Set(Object.keys(references))
  if (configuration.clientId !== undefined) given.add('clientId')
  for (const field of configuration.authenticationDataFields)
    if (field.value !== undefined) given.add(field.name)
  const missing = neededNames(configuration).filter((needed) => !given.has(needed))
  if (missing.length > 0)
    throw misconfigured(name, `No input is named for ${[...new Set(missing)].join(', ')}`)
}

/** The required names. With a templated request only the customer's fields are known: the template may use any other. */
function neededNames({ grant, accessTokenRequest, authenticationDataFields }: Configuration): string[] {
  const standard = accessTokenRequest === undefined
  return [
    ...(standard || grant === 'OAUTH2_AUTHORIZATION_CODE' ? ['clientId'] : []),
    ...(standard && grant === 'OAUTH2_PASSWORD' ? ['username', 'password'] : []),
    ...authenticationDataFields
      .filter((field) => field.fromCustomer && field.isRequired)
      .filter((field) => field.authenticationResponsePath === undefined)
      .map((field) => field.name),
  ]
}

/** The fields that `authenticationResponsePath` selects from an answer. */
export function captured({ authenticationDataFields }: Configuration, body: Value): AuthData {
  const found = authenticationDataFields.flatMap(({ name, authenticationResponsePath: path }) =>
    path === undefined ? [] : [[name, valueAt(body, path)] as const],
  )
  return Object.fromEntries(found.filter(([, value]) => value !== null))
}

/** Text of a field; undefined if it is absent or empty. */
export function textOf(data: AuthData, field: string): string | undefined {
  const value = member(data, field)
  return value === null || value === '' || typeof value === 'object' ? undefined : String(value)
}

function valueAt(body: Value, path: string): Value {
  const steps = path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  return steps.reduce<Value>(member, body)
}

function optional(inputs: Inputs, reference: InputReference): string | null {
  try {
    return inputs(reference)
  } catch (error) {
    if (error instanceof JobError && error.code === 'input-missing') return null
    throw error
  }
}

function typed(text: string, field: AuthenticationDataField | undefined, { name }: InputReference): Value {
  if (field?.type === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true'
    throw mistyped(name, 'true or false')
  }
  if (field?.type === 'integer') {
    if (/^-?\d{1,15}$/.test(text)) return Number(text)
    throw mistyped(name, 'an integer')
  }
  return text
}

function mistyped(input: string, type: string): JobError {
  return new JobError(
    'input-invalid',
    `The input ${input} is not ${type}.`,
    `Correct ${input} in .env and deploy again.`,
    { details: { input } },
  )
}
