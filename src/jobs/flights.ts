import { createHash } from 'node:crypto'
import {
  bulkDataInsertion,
  clientCredentials,
  defineJob,
  events,
  incremental,
  input,
  instant,
  nextToken,
  restSource,
  secret,
  z,
} from '..'

const Flight = z.object({
  /** `2001/01/01 00:47`, in UTC */
  date: z.string().regex(/^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}$/),
  /** Minutes; negative where it left early. */
  delay: z.number().int(),
  /** Miles. */
  distance: z.number().nonnegative(),
  origin: z.string().min(1),
  destination: z.string().min(1),
})

/** Flights of a partner's API, one link hit each, because a flight is no page view. */
export const flights = defineJob({
  name: 'flights',
  source: restSource({
    baseUrl: input('FLIGHTS_API_BASE_URL'),
    path: '/v1/flights',
    sinceParam: 'since',
    records: 'data',
    paginator: nextToken({ path: 'next_token', param: 'page_token' }),
    authentication: clientCredentials({
      tokenUrl: { base: input('FLIGHTS_API_BASE_URL'), path: '/oauth/token' },
      clientId: input('FLIGHTS_API_CLIENT_ID'),
      clientSecret: secret('FLIGHTS_API_CLIENT_SECRET'),
    }),
  }),
  sync: incremental({ cursor: instant('date', { timeZone: 'UTC' }) }),
  record: Flight,
  map: (flight) => ({
    timestamp: `${flight.date.replaceAll('/', '-').replace(' ', 'T')}:00Z`,
    marketingCloudVisitorID: visitorOf(flight.origin),
    userAgent: 'analytics-ingest/1.0 (flights)',
    linkType: 'o',
    linkName: 'flight',
    eVar1: flight.origin,
    eVar2: flight.destination,
    eVar3: `${flight.origin}-${flight.destination}`,
    events: events('event1', ['event2', flight.delay], ['event3', flight.distance]),
  }),
  destination: bulkDataInsertion({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    groups: 2,
    arrivalMarker: 'eVar50',
    columns: [
      'timestamp',
      'marketingCloudVisitorID',
      'userAgent',
      'linkType',
      'linkName',
      'eVar1',
      'eVar2',
      'eVar3',
      'events',
    ],
  }),
})

/**
 * Every airport is a visitor, so that its flights stay in order. Adobe expects 38 digits (an ECID); a hash of the
 * airport always gives the same ones. `visitorID` would be simpler, but is not supported on timestamped hits.
 */
function visitorOf(airport: string): string {
  const digest = createHash('sha256').update(airport).digest('hex')
  return BigInt(`0x${digest}`).toString().slice(0, 38)
}
