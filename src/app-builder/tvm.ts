import * as z from 'zod'
import { JobError } from '../errors'
import { TransportError } from '../http/http-client'
import { withRetries } from '../http/retry-policy'
import type { Clock } from '../clock'
import type { HttpClient } from '../http/http-client'

const renewBeforeMs = 5 * 60_000

const Grant = z.object({ sasURLPrivate: z.url(), expiration: z.iso.datetime({ offset: true }) })

/** Hands out the address of this namespace's private container, signed for a while (a shared access signature). */
export interface Tvm {
  /** @throws JobError `store-refused`, `store-unreachable` */
  container(): Promise<URL>
  /** Forgets a grant that the store no longer honours. */
  drop(grant: URL): void
}

/**
 * The token vending machine of App Builder Files: GET {url}/azure/blob/{namespace}, Basic with the namespace's key.
 * Grants are renewed five minutes before they expire.
 */
export function createTvm(options: {
  readonly url: string
  readonly namespace: string
  readonly apiKey: string
  readonly http: HttpClient
  readonly clock: Clock
  readonly random: () => number
}): Tvm {
  const { url, namespace, apiKey, clock, random } = options
  const http = withRetries(options.http, { clock, random, tries: 4, budgetMs: 30_000 })
  let held: { readonly container: URL; readonly until: number } | null = null
  let asking: Promise<URL> | null = null

  async function ask(): Promise<URL> {
    const response = await http({
      method: 'GET',
      url: `${url}/azure/blob/${encodeURIComponent(namespace)}`,
      headers: {
        authorization: `Basic ${Buffer.from(apiKey).toString('base64')}`,
        accept: 'application/json',
      },
      timeoutMs: 10_000,
    }).catch((error: unknown) => {
      throw error instanceof TransportError ? unreachable(url, error.message) : error
    })
    if (response.status === 401 || response.status === 403) throw refused(url, namespace, response.status)
    const grant = Grant.safeParse(parseJson(response.body))
    if (response.status !== 200 || !grant.success)
      throw unreachable(url, `HTTP ${response.status} instead of a grant`)
    const container = new URL(grant.data.sasURLPrivate)
    held = { container, until: Date.parse(grant.data.expiration) - renewBeforeMs }
    return container
  }

  return {
    async container() {
      if (held && clock.now() < held.until) return held.container
      asking ??= ask().finally(() => {
        asking = null
      })
      return asking
    },
    drop(grant) {
      if (held?.container === grant) held = null
    },
  }
}

function unreachable(url: string, message: string): JobError {
  return new JobError(
    'store-unreachable',
    `${url} gave no access to App Builder Files: ${message}.`,
    'Nothing is lost: the next tick tries again. If it stays, check FILES_TVM_URL and status.adobe.com.',
  )
}

function refused(url: string, namespace: string, status: number): JobError {
  return new JobError(
    'store-refused',
    `${url} refused the key of the namespace ${namespace}: HTTP ${status}.`,
    'Annotate the action with `provide-api-key: true` and deploy again with the credentials of this namespace.',
  )
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
