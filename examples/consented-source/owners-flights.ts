import * as z from 'zod'
import { destinationSdkOAuth2 } from '../../src/auth/oauth2'
import { bulkDataInsertion } from '../../src/destinations/bulk-data-insertion/bulk-data-insertion'
import { input, secret } from '../../src/inputs'
import { defineJob } from '../../src/jobs/job'
import { nextToken } from '../../src/sources/paginators/next-token'
import { restSource } from '../../src/sources/rest/rest-source'
import type { Job } from '../../src/jobs/job'

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
      version: 1,
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
    record: Flight,
    position: ({ date }) => date,
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
