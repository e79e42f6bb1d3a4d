import { valueAt } from '../../field-path'
import { isRecord } from '../new-job/shape'
import { append, cut, packageOf } from './manifest-text'

const none = /^( *)everyMinutes: \{\}$/m

/**
 * Writes how often the alarm of a job fires into the settings of the watchdog, which judges silence by it. A manifest
 * without these settings stays as it is: the watchdog then lists the job as unwatched.
 */
export function addPeriod(text: string, job: string, minutes: number): string {
  const { path, names } = periodsOf(text)
  const line = `${job}: ${minutes}`
  if (names.length > 0) return append(text, { map: path, lines: [line] })
  return text.replace(none, (_line, indent: string) => `${indent}everyMinutes:\n${indent}  ${line}`)
}

/** Takes the periods of a job out, that for all tenants as well. */
export function removePeriods(text: string, job: string): string {
  const { path, names } = periodsOf(text)
  const own = names.filter((name) => name === job || name === `${job}@all`)
  const rest = own.reduce((before, name) => cut(before, [...path, name]), text)
  const isEmpty = own.length > 0 && own.length === names.length
  return isEmpty ? rest.replace(/^( *everyMinutes:)[ \t]*$/m, '$1 {}') : rest
}

/** Where the periods are in the manifest, and the names that have one. */
function periodsOf(text: string): { readonly path: readonly string[]; readonly names: readonly string[] } {
  const { document, name } = packageOf(text)
  const settings = ['actions', 'watchdog', 'inputs', 'ALERTS', 'everyMinutes']
  const path = ['runtimeManifest', 'packages', name, ...settings]
  const periods = valueAt(document.toJS(), path.join('.'))
  return { path, names: isRecord(periods) ? Object.keys(periods) : [] }
}
