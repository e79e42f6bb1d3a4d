/** Notes that something happened; how often does not matter. */
export type Saw = (event: string) => void

/** In how many explored schedules each event happened. */
export interface Coverage {
  /** Counts the events of one more schedule. */
  add(events: ReadonlySet<string>): void
  /** One line an event, the rarest first. */
  table(): string
  /** The events that happened in a smaller share of the schedules than `minima` demand, each with its share. */
  below(minima: Readonly<Record<string, number>>): readonly string[]
}

export function createCoverage(): Coverage {
  const counts = new Map<string, number>()
  let schedules = 0
  const shareOf = (event: string) => (counts.get(event) ?? 0) / schedules
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`

  return {
    add(events) {
      schedules += 1
      for (const event of events) counts.set(event, (counts.get(event) ?? 0) + 1)
    },
    table: () =>
      [...counts]
        .sort(([, a], [, b]) => a - b)
        .map(([event]) => `${percent(shareOf(event)).padStart(8)}  ${event}`)
        .join('\n'),
    below: (minima) =>
      Object.entries(minima).flatMap(([event, least]) =>
        shareOf(event) < least ? [`${event}: ${percent(shareOf(event))} of ${percent(least)}`] : [],
      ),
  }
}
