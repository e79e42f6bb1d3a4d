import { JobError } from '../errors'
import type { StateEvent } from './events'

/** Texts of other systems are cut at this length. */
const longestText = 1_000
/** Fields for people: redacted and cut. */
const textFields = new Set([
  'message',
  'reason',
  'note',
  'notes',
  'remedy',
  'content',
  'error',
  'choices',
  'sample',
  'drift',
])
/**
 * Values that a source or destination must get back unchanged (cursors, receipts): redacting one would change its
 * meaning.
 */
const exactFields = new Set(['since', 'at', 'to', 'floor', 'receipt'])

/**
 * The event as it may be stored: texts without secrets and cut.
 * @throws JobError `secret-in-state` where a cursor or receipt contains a secret
 */
export function sanitise(event: StateEvent, redact: (text: string) => string): StateEvent {
  return clean(event, '', redact) as StateEvent
}

/** A text of another system as it may be stored. */
export function storedText(text: string, redact: (text: string) => string): string {
  const redacted = redact(text)
  return redacted.length > longestText ? `${redacted.slice(0, longestText - 1)}…` : redacted
}

function clean(value: unknown, field: string, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return cleanText(value, field, redact)
  if (Array.isArray(value)) return value.map((item: unknown) => clean(item, field, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, clean(item, nameOf(name, field), redact)]),
  )
}

/** Everything inside a text field is text. */
function nameOf(name: string, parent: string): string {
  return textFields.has(parent) ? parent : name
}

function cleanText(text: string, field: string, redact: (text: string) => string): string {
  if (textFields.has(field)) return storedText(text, redact)
  if (exactFields.has(field) && redact(text) !== text) throw secretInState(field)
  return text
}

function secretInState(field: string): JobError {
  return new JobError(
    'secret-in-state',
    `The field "${field}", which this job must store in order to go on, contains the value of a secret.`,
    'Give the job a cursor that carries no credential. If the secret is a common word, replace it by a longer one.',
    { details: { field } },
  )
}
