import {
  bulkDataInsertion,
  defineJob,
  destinationSdkOAuth2,
  incremental,
  input,
  instant,
  nextToken,
  restSource,
  secret,
  z,
} from '../../src'
import type { Job } from '../../src'

const Flight = z.object({
  /** `2001/01/01 00:47`, in UTC */
  date: z.string().regex(/^\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}$/),
  origin: z.string().min(1),
})

/**
 * Flights that belong to an owner: the partner's authorization server asks the owner for consent once, in the browser.
 * @param partner the address of the partner, such as `https://api.partner.example`
 */
export function ownersFlights(partner: string): Job {
  return defineJob({
    name: 'owners-flights',
    source: restSource({
      baseUrl: input('OWNERS_FLIGHTS_API_BASE_URL'),
      path: '/v1/flights',
      sinceParam: 'since',
      records: 'data',
      paginator: nextToken({ path: 'next_token', param: 'page_token' }),
      authentication: destinationSdkOAuth2({
        name: 'owners-flights',
        configuration: {
          authType: 'OAUTH2',
          grant: 'OAUTH2_AUTHORIZATION_CODE',
          authorizationUrl: `${partner}/oauth/authorize`,
          accessTokenUrl: `${partner}/oauth/token`,
          scope: ['flights.read'],
        },
        inputs: {
          clientId: input('OWNERS_FLIGHTS_API_CLIENT_ID'),
          clientSecret: secret('OWNERS_FLIGHTS_API_CLIENT_SECRET'),
        },
      }),
    }),
    sync: incremental({ cursor: instant('date', { timeZone: 'UTC' }) }),
    record: Flight,
    map: ({ date, origin }) => ({
      timestamp: `${date.replaceAll('/', '-').replace(' ', 'T')}:00Z`,
      'customerID.airport.id': origin,
      'customerID.airport.isMCSeed': '1',
      userAgent: 'analytics-ingest/1.0 (owners-flights)',
      linkType: 'o',
      linkName: 'flight',
      eVar1: origin,
    }),
    destination: bulkDataInsertion({
      reportSuite: input('ANALYTICS_REPORT_SUITE'),
      groups: 1,
      columns: [
        'timestamp',
        'customerID.airport.id',
        'customerID.airport.isMCSeed',
        'userAgent',
        'linkType',
        'linkName',
        'eVar1',
      ],
    }),
  })
}
