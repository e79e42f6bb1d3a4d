import {
  classifications,
  clientCredentials,
  defineJob,
  fullRefresh,
  input,
  nextToken,
  restSource,
  secret,
  z,
} from '..'

/** The partner writes NA for an unknown value. */
const named = z.string().transform((name) => (name === 'NA' ? null : name))

const Airport = z.object({
  /** The code that the flights carry. */
  iata: z.string().min(1),
  name: z.string(),
  city: named,
  state: named,
  country: z.string(),
})

/** Names and places of the airports, by which reports group the origins of the flights. */
export const airports = defineJob({
  name: 'airports',
  source: restSource({
    baseUrl: input('FLIGHTS_API_BASE_URL'),
    path: '/v1/airports',
    records: 'data',
    paginator: nextToken({ path: 'next_token', param: 'page_token' }),
    authentication: clientCredentials({
      tokenUrl: { base: input('FLIGHTS_API_BASE_URL'), path: '/oauth/token' },
      clientId: input('FLIGHTS_API_CLIENT_ID'),
      clientSecret: secret('FLIGHTS_API_CLIENT_SECRET'),
    }),
  }),
  sync: fullRefresh({ primaryKey: 'iata', onChange: 'send' }),
  record: Airport,
  map: (airport) => ({
    key: airport.iata,
    Name: airport.name,
    City: airport.city,
    State: airport.state,
    Country: airport.country,
  }),
  destination: classifications({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    variable: 'eVar1',
    columns: ['Name', 'City', 'State', 'Country'],
  }),
})
