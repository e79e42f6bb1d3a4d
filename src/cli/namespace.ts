import * as z from 'zod'
import { JobError } from '../errors'
import { TransportError, defaultMaxBytes } from '../http/http-client'
import { parseJson } from '../http/json'
import type { Clock } from '../clock'
import type { HttpClient, HttpResponse } from '../http/http-client'

/** The namespace of the deployed actions, with the key that may invoke them. */
export interface Namespace {
  readonly apiHost: string
  readonly name: string
  /** `uuid:key`; secret. */
  readonly auth: string
}

/** OpenWhisk answers a blocking call after a minute at the latest: with the result, or with 202 and an id. */
const answerMs = 75_000
const pollMs = 2_000
/** An action may run for an hour; after that, its record must exist. */
const patienceMs = 65 * 60_000

const Activation = z.object({ response: z.object({ result: z.record(z.string(), z.unknown()) }) })
const Accepted = z.object({ activationId: z.string() })

/**
 * Reads the namespace as `aio app use` and `npm run local` name it, in either case: the process's own environment goes
 * before `.env`.
 * @throws JobError `input-missing`
 */
export function readNamespace(env: Readonly<Record<string, string | undefined>>): Namespace {
  const read = (name: string) => env[`AIO_runtime_${name}`] ?? env[`AIO_RUNTIME_${name.toUpperCase()}`] ?? ''
  const [name, auth] = [read('namespace'), read('auth')]
  if (name === '' || auth === '') {
    throw new JobError(
      'input-missing',
      'The namespace that the actions are deployed to is not known: AIO_runtime_namespace or AIO_runtime_auth is unset.',
      'Use `aio app use`, which writes them to .env; or `npm run local` in another terminal, and paste its `export` lines.',
    )
  }
  return { apiHost: (read('apihost') || 'https://adobeioruntime.net').replace(/\/+$/, ''), name, auth }
}

/**
 * Invokes an action of this package and waits for its result, however long it runs.
 * @param waiting called each time the result is not there yet, with the ms that have passed
 * @throws JobError `caller-unauthorized`, `action-unavailable`
 */
export async function invokeAndWait(
  { http, clock }: { readonly http: HttpClient; readonly clock: Clock },
  namespace: Namespace,
  action: string,
  params: object,
  waiting: (passedMs: number) => void,
): Promise<Readonly<Record<string, unknown>>> {
  const from = clock.monotonic()
  const base = `${namespace.apiHost}/api/v1/namespaces/${encodeURIComponent(namespace.name)}`
  const headers = {
    authorization: `Basic ${Buffer.from(namespace.auth).toString('base64')}`,
    'content-type': 'application/json',
  }

  async function call(method: 'GET' | 'POST', path: string, body?: string): Promise<HttpResponse> {
    try {
      return await http({
        ...{ method, url: base + path, headers, timeoutMs: answerMs, maxBytes: defaultMaxBytes },
        ...(body === undefined ? {} : { body }),
      })
    } catch (error) {
      if (error instanceof TransportError) throw unavailable(action, error.message)
      throw error
    }
  }

  const first = await call(
    'POST',
    `/actions/analytics-ingest/${action}?blocking=true`,
    JSON.stringify(params),
  )
  const result = resultOf(first)
  if (result) return result
  const id = Accepted.safeParse(parseJson(first.body)).data?.activationId
  if (first.status !== 202 || id === undefined) throw refused(action, namespace, first.status)
  for (;;) {
    const passedMs = clock.monotonic() - from
    if (passedMs > patienceMs) throw unavailable(action, `activation ${id} has left no record for an hour`)
    waiting(passedMs)
    await clock.sleep(pollMs)
    const found = resultOf(await call('GET', `/activations/${encodeURIComponent(id)}`))
    if (found) return found
  }
}

/** A failed action answers 502, and its result as well. */
function resultOf({ status, body }: HttpResponse): Readonly<Record<string, unknown>> | null {
  if (status !== 200 && status !== 502) return null
  return Activation.safeParse(parseJson(body)).data?.response.result ?? null
}

function refused(action: string, { name, apiHost }: Namespace, status: number): JobError {
  const where = `${apiHost}, namespace ${name}`
  if (status === 401 || status === 403) {
    return new JobError(
      'caller-unauthorized',
      `The namespace's key was refused: HTTP ${status} (${where}).`,
      'Use `aio app use` again, or paste the `export` lines of the `npm run local` that is up now.',
      { details: { status } },
    )
  }
  const remedy =
    status === 404 ? 'Deploy first: aio app deploy --force-deploy.' : 'Try again; nothing was lost.'
  return unavailable(action, `HTTP ${status} (${where})`, remedy)
}

function unavailable(action: string, what: string, remedy = 'Try again; nothing was lost.'): JobError {
  return new JobError('action-unavailable', `${action} could not be invoked: ${what}.`, remedy)
}
