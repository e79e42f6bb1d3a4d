import { systemClock } from '../src/clock'
import { inputsFrom } from '../src/inputs'
import type { Clock } from '../src/clock'
import type { Destination } from '../src/destinations/destination'
import type { HttpClient } from '../src/http/http-client'
import type { Job } from '../src/definition/job'

const never: HttpClient = () => Promise.reject(new Error('no request is made here'))

/** The destination of a job of the bench, without a token of its own. */
export function openOrdersDestination(
  job: Job,
  {
    url,
    http = never,
    clock = systemClock,
    settings = {},
  }: {
    readonly url: string
    readonly http?: HttpClient
    readonly clock?: Clock
    readonly settings?: object
  },
): Destination {
  return job.destination.open({
    job: job.name,
    inputs: inputsFrom({ URL: url, SUITE: 'bench' }),
    http,
    authorize: () =>
      Promise.resolve({ headers: { authorization: 'Bearer bench' }, drop: () => Promise.resolve() }),
    credential: { clientId: 'bench', orgId: 'bench' },
    endpoints: { collection: url, analytics: url },
    settings,
    clock,
    redact: (text) => text,
  })
}
