type EventName = `event${number}` | CommerceEvent
type CommerceEvent = 'purchase' | 'prodView' | 'scOpen' | 'scAdd' | 'scRemove' | 'scView' | 'scCheckout'

/** One event: by itself, with a number, or serialized by an id that Adobe counts once for ever. */
export type HitEvent =
  EventName | readonly [EventName, number] | { readonly name: EventName; readonly id: string }

/**
 * Builds the `events` column, such as `event1,event2=9.99,event3:A17`.
 * A number other than a whole one needs an event of type Currency or Numeric in the report suite.
 */
export function events(...list: readonly HitEvent[]): string {
  return list.map(eventText).join(',')
}

function eventText(event: HitEvent): string {
  if (typeof event === 'string') return event
  if ('id' in event) return `${event.name}:${event.id}`
  return `${event[0]}=${event[1]}`
}

const eventPattern =
  /^(event([1-9]\d{0,2}|1000)|purchase|prodView|scOpen|scAdd|scRemove|scView|scCheckout)(=-?\d+(\.\d+)?|:[A-Za-z0-9]{1,20})?$/

/** The first event that does not follow Adobe's grammar; null where all do. */
export function faultyEvent(text: string): string | null {
  return text.split(',').find((event) => !eventPattern.test(event)) ?? null
}
