import { JobError } from '../../errors'

type EventName = `event${number}` | CommerceEvent
type CommerceEvent = 'purchase' | 'prodView' | 'scOpen' | 'scAdd' | 'scRemove' | 'scView' | 'scCheckout'

/** One event: by itself, with a number, or serialized by an id, of which Adobe counts each value once only. */
export type HitEvent =
  EventName | readonly [EventName, number] | { readonly name: EventName; readonly id: string }

/**
 * Builds the `events` column, such as `event1,event2=9.99,event3:A17`.
 * A number other than a whole one needs an event of type Currency or Numeric in the report suite.
 * @throws JobError `row-invalid` where an id would break the list
 */
export function events(...list: readonly HitEvent[]): string {
  return list.map(eventText).join(',')
}

function eventText(event: HitEvent): string {
  if (typeof event === 'string') return event
  if (!('id' in event)) return `${event[0]}=${event[1]}`
  if (!event.id.includes(',')) return `${event.name}:${event.id}`
  throw new JobError(
    'row-invalid',
    `The id "${event.id}" of ${event.name} has a comma, which would begin another event.`,
    'Use letters and digits, 20 at most.',
  )
}

const name = '(?:event(?:[1-9]\\d{0,2}|1000)|purchase|prodView|scOpen|scAdd|scRemove|scView|scCheckout)'
const event = `${name}(?:=-?\\d+(?:\\.\\d+)?|:[A-Za-z0-9]{1,20})?`
const eventPattern = new RegExp(`^${event}$`)
const listPattern = new RegExp(`^${event}(?:,${event})*$`)

/** The first event that does not follow Adobe's grammar; null where all do. */
export function faultyEvent(text: string): string | null {
  // Fast path: one test passes nearly every row; the faulty event is searched only if it fails.
  if (listPattern.test(text)) return null
  return text.split(',').find((one) => !eventPattern.test(one)) ?? null
}
