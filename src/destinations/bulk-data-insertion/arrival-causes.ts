import type { ArrivalCause } from '../destination'

/**
 * Likely causes why Analytics does not show hits that it accepted; it reports none of them itself. docs/errors.md
 * explains each.
 */
export const arrivalCauses = {
  'timestamps-not-enabled':
    'The report suite may not allow timestamps: it then silently drops every hit that has one.',
  'bot-rule': 'A bot rule of the report suite may match the user agent or IP address of the rows.',
  'processing-rule':
    'A processing rule, a VISTA rule or an exclusion by IP address may drop the hits, or overwrite the marker variable.',
  'low-traffic':
    'The report has a "Low Traffic" item: a variable with too many values in a month hides some, the markers among them.',
  'marker-variable':
    'The marker variable may be disabled in the report suite, or another implementation may set it as well.',
  latency: 'Rows of the past can take up to a day, and longer while Adobe works on a backlog.',
} as const

type CauseCode = keyof typeof arrivalCauses

export interface Sighting {
  readonly rows: number
  readonly sent: number
  /** Hits of all origins in the same time; with a marker, those that set its variable. */
  readonly total: number
  readonly hasLowTraffic: boolean
  readonly hasMarker: boolean
}

/** The likely causes of fewer rows than were sent, the likeliest first; none where all are there. */
export function likelyCauses({ rows, sent, total, hasLowTraffic, hasMarker }: Sighting): ArrivalCause[] {
  if (rows >= sent) return []
  const ofSome: readonly CauseCode[] = ['bot-rule', 'processing-rule']
  const ofAll: readonly CauseCode[] = [
    ...(total === 0
      ? (['timestamps-not-enabled', ...ofSome] as const)
      : ([...ofSome, 'timestamps-not-enabled'] as const)),
    ...(hasMarker ? (['marker-variable'] as const) : []),
  ]
  const codes: readonly CauseCode[] = [
    ...(hasLowTraffic ? (['low-traffic'] as const) : []),
    ...(rows > 0 ? ofSome : ofAll),
    'latency',
  ]
  return codes.map((code) => ({ code, message: arrivalCauses[code] }))
}
