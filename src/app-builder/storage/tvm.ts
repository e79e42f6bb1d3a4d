import * as z from 'zod'
import { JobError } from '../../errors'
import { TransportError, decisionMaxBytes } from '../../http/http-client'
import { parseJson } from '../../http/json'
import { isPassing, withRetries } from '../../http/retry-policy'
import type { Clock } from '../../clock'
import type { HttpClient, HttpResponse } from '../../http/http-client'

/** A temporary signature for the namespace's private container. */
export interface ContainerGrant {
  /** On the storage host, without a trailing slash. */
  readonly containerUrl: string
  /** The shared access signature: query parameters without the `?`. Secret. */
  readonly signature: string
}

/** App Builder's token vending machine, as far as Files needs it. */
export interface Tvm {
  /** @throws JobError `store-unreachable`, `store-refused` */
  grant(): Promise<ContainerGrant>
  /** Forgets `grant`, and only that one: the next caller fetches a new one. */
  drop(grant: ContainerGrant): void
}

const renewEarlyMs = 5 * 60_000

/** The answer of `GET /azure/blob/{namespace}`. */
const Credentials = z.object({
  sasURLPrivate: z.url(),
  expiration: z.coerce.date().transform((date) => date.getTime()),
})
type Credentials = z.infer<typeof Credentials>

/**
 * Fetches the container's signature, renews it 5 min before it expires, and joins concurrent requests (single-flight).
 * Its lifetime is measured by the `Date` of the answer and the monotonic clock, because wall clocks may differ.
 * @see https://github.com/adobe/aio-lib-core-tvm for the request
 */
export function createTvm(options: {
  readonly url: string
  readonly namespace: string
  readonly apiKey: string
  readonly http: HttpClient
  readonly clock: Clock
  /** 0 … 1, for jitter. */
  readonly random: () => number
}): Tvm {
  const { namespace, apiKey, clock, random } = options
  const http = withRetries(options.http, { clock, random, tries: 4, budgetMs: 30_000 })
  const url = `${options.url}/azure/blob/${encodeURIComponent(namespace)}`
  let held: { readonly grant: ContainerGrant; readonly renewAt: number } | null = null
  let fetching: Promise<ContainerGrant> | null = null

  async function fetchGrant(): Promise<ContainerGrant> {
    const response = await ask()
    const answeredAt = clock.monotonic()
    const { sasURLPrivate, expiration } = credentialsIn(response)
    const { origin, pathname, search } = new URL(sasURLPrivate)
    const grant = { containerUrl: origin + pathname.replace(/\/+$/, ''), signature: search.slice(1) }
    const issuedAt = Date.parse(response.headers.date ?? '') || clock.now()
    held = { grant, renewAt: answeredAt + (expiration - issuedAt) - renewEarlyMs }
    return grant
  }

  async function ask(): Promise<HttpResponse> {
    const headers = {
      authorization: `Basic ${Buffer.from(apiKey).toString('base64')}`,
      'x-api-key': 'firefly-aio-tvm',
    }
    try {
      return await http({ method: 'GET', url, headers, timeoutMs: 10_000, maxBytes: decisionMaxBytes })
    } catch (error) {
      if (error instanceof TransportError) throw unreachable(error.message)
      throw error
    }
  }

  function credentialsIn(response: HttpResponse): Credentials {
    const { status, body } = response
    if (status >= 400 && !isPassing(response)) throw refused(url, namespace, status)
    if (status !== 200) throw unreachable(`GET ${url} answered HTTP ${status}`)
    const parsed = Credentials.safeParse(parseJson(body))
    if (parsed.success) return parsed.data
    throw unreachable(`GET ${url} answered without a valid sasURLPrivate and expiration`)
  }

  return {
    async grant() {
      if (held && clock.monotonic() < held.renewAt) return held.grant
      fetching ??= fetchGrant().finally(() => {
        fetching = null
      })
      return fetching
    },
    drop(grant) {
      if (held?.grant === grant) held = null
    },
  }
}

function unreachable(what: string): JobError {
  return new JobError(
    'store-unreachable',
    `No access to App Builder Files: ${what}.`,
    'Nothing is lost: the next tick carries on. If the error stays, check FILES_TVM_URL and the status of Adobe I/O Runtime.',
  )
}

function refused(url: string, namespace: string, status: number): JobError {
  return new JobError(
    'store-refused',
    `App Builder Files refused the namespace ${namespace}: GET ${url} answered HTTP ${status}.`,
    'Annotate the action with `provide-api-key: true` in ext.config.yaml, deploy again, and check that the namespace still exists.',
    { details: { namespace, status } },
  )
}
