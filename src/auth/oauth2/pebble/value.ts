import { templateFault } from './fault'

/** What a template can hold: JSON, and nothing that can be called. */
export type Value = string | number | boolean | null | readonly Value[] | ValueMap
export type ValueMap = Readonly<{ [name: string]: Value }>

/** Names that lead out of the data into the language. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * The value under a name or index; null where there is none.
 * @throws JobError `input-invalid` on names that no data should have
 */
export function member(of: Value, key: Value): Value {
  if (typeof key === 'number') return (isList(of) ? of[key] : undefined) ?? null
  if (typeof key !== 'string') return null
  if (forbidden.has(key)) throw templateFault(`may not look up "${key}"`)
  return (isMap(of) && Object.hasOwn(of, key) ? of[key] : undefined) ?? null
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !isList(value)
}

/** Null, blank text, or nothing inside. */
export function isEmpty(value: Value): boolean {
  if (value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  if (isList(value)) return value.length === 0
  return isMap(value) && Object.keys(value).length === 0
}

/**
 * As it is printed. Nothing is escaped, since no template of an access token request is HTML.
 * @throws JobError `input-invalid` for lists and maps, which print as nothing a server could want
 */
export function toText(value: Value): string {
  if (value === null) return ''
  if (isList(value) || isMap(value)) throw templateFault('prints a list or map: name one of its members')
  return String(value)
}

/** @throws JobError `input-invalid` */
export function toNumber(value: Value): number {
  if (typeof value === 'number') return value
  throw templateFault('calculates with something that is no number')
}

/** Null counts as false. @throws JobError `input-invalid` */
export function toBoolean(value: Value): boolean {
  if (typeof value === 'boolean') return value
  if (value === null) return false
  throw templateFault('takes something for true or false that is neither')
}
