import type { Log, LogFields } from '../../src/log'
import type { Saw } from './coverage'

/** Notes the events of a run, with the facts that make them different in kind. */
export function logFor(saw: Saw, isRequestInFlight: () => boolean): Log {
  function note(message: string, fields: LogFields = {}): void {
    saw(message)
    if (message === 'confirmed') saw(`confirmed by ${String(fields.by)}`)
    if (message === 'held') saw(`held for ${String(fields.code)}`)
    if (message === 'command-accepted') saw(`command: ${String(fields.effect)}`)
    if (message === 'lease-taken' && typeof fields.takenOverFrom === 'string') {
      saw('takeover')
      if (isRequestInFlight()) saw('takeover with a request in flight')
    }
    if (message === 'committed') noteCommit(saw, fields)
  }
  return { debug: note, info: note, warn: note, error: note }
}

function noteCommit(saw: Saw, fields: LogFields): void {
  for (const name of [
    'rejects',
    'late',
    'repeated',
    'healed',
    'duplicates',
    'filtered',
    'behind',
    'outOfRange',
  ]) {
    const count = fields[name]
    if (typeof count === 'number' ? count > 0 : Object.keys((count as object | undefined) ?? {}).length > 0)
      saw(name)
  }
}
