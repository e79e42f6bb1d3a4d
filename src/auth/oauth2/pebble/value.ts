import { JobError } from '../../../errors'

/** A value in a template: JSON only, so a template can call nothing. */
export type Value = string | number | boolean | null | readonly Value[] | ValueMap
export type ValueMap = Readonly<{ [name: string]: Value }>

/** Names that lead from the data to JavaScript's built-in objects. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * The value under a name or index; null where there is none.
 * @throws JobError `input-invalid` on names that no data should have
 */
export function member(of: Value, key: Value): Value {
  if (typeof key === 'number') return (isList(of) ? of[key] : undefined) ?? null
  if (typeof key !== 'string') return null
  if (forbidden.has(key)) throw templateError(`may not look up "${key}"`)
  return (isMap(of) && Object.hasOwn(of, key) ? of[key] : undefined) ?? null
}

/** Null, blank text, or a list or map without members. */
export function isEmpty(value: Value): boolean {
  if (value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  return typeof value === 'object' && Object.keys(value).length === 0
}

/**
 * The value as it is printed; null prints nothing.
 * @throws JobError `input-invalid` for lists and maps, which no server expects as text
 */
export function toText(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'object') throw templateError('prints a list or map: name one of its members')
  return String(value)
}

/** Names and values in turn, as a form. */
export function formUrlEncode(pairs: readonly string[]): string {
  const form = new URLSearchParams()
  for (let index = 0; index < pairs.length; index += 2)
    form.append(pairs[index] ?? '', pairs[index + 1] ?? '')
  return form.toString()
}

/** An error of a template. It does not quote strings of the template, which may be secrets. */
export function templateError(what: string): JobError {
  return new JobError(
    'input-invalid',
    `A template of accessTokenRequest ${what}.`,
    "Correct the template. Supported are {{ }} around a path, a string, formUrlEncode(…), `is [not] empty` and `| raw`, as in Adobe's examples.",
  )
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !isList(value)
}
