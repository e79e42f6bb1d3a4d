import * as z from 'zod'
import { JobError } from '../errors'
import { withoutControls } from '../http/foreign-text'
import { TransportError, defaultMaxBytes } from '../http/http-client'
import { parseJson } from '../http/json'
import { retryAfterMs } from '../http/retry-after'
import { acceptedId, activationRecord, invocation } from './namespace'
import type { Clock } from '../clock'
import type { HttpClient, HttpRequest, HttpResponse } from '../http/http-client'
import type { Namespace } from './namespace'

/**
 * `aborted`: the platform ended the activation, which left no result of its own (time, memory, size of the result).
 * `running`: it has not ended in time. `not-started`: the namespace had no room for it in time.
 */
export type Invocation =
  | { readonly kind: 'ended'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly kind: 'aborted'; readonly message: string }
  | { readonly kind: 'running'; readonly activation: string }
  | { readonly kind: 'not-started' }

export interface InvocationOptions {
  readonly http: HttpClient
  readonly clock: Clock
  /** 0 … 1, for jitter. */
  readonly random: () => number
  /** How long the result is waited for, in ms. */
  readonly patienceMs: number
  /** Called each time the result is not there yet, with the ms that have passed. */
  readonly waiting?: (passedMs: number) => void
}

/** OpenWhisk answers a blocking call after a minute at the latest: with the result, or with 202 and an id. */
const answerMs = 75_000
const pollMs = 2_000
/** A namespace runs 100 activations at a time, and answers 429 to more. */
const crowdedMs = 5_000

const Activation = z.object({ response: z.object({ result: z.record(z.string(), z.unknown()) }) })

/**
 * Invokes an action of this package and waits for its result. A 429 is backpressure: the action was not started, and
 * the call is repeated.
 * @throws JobError `caller-unauthorized`, `action-unavailable`
 */
export async function invokeAndWait(
  options: InvocationOptions,
  namespace: Namespace,
  action: string,
  params: object,
): Promise<Invocation> {
  const { clock, random, patienceMs, waiting } = options
  const endAt = clock.monotonic() + patienceMs
  const call = callerOf(options, action)

  async function pause(ms: number): Promise<boolean> {
    const leftMs = endAt - clock.monotonic()
    if (leftMs < ms) return false
    waiting?.(patienceMs - leftMs)
    await clock.sleep(ms)
    return true
  }

  const request = invocation(namespace, action, params, { blocking: true })
  let first = await call(request)
  while (first.status === 429) {
    const askedMs = retryAfterMs(first.headers['retry-after'], clock.now()) ?? crowdedMs * (0.5 + random())
    if (!(await pause(askedMs))) return { kind: 'not-started' }
    first = await call(request)
  }
  const result = resultOf(first)
  if (result) return endOf(result)
  const activation = acceptedId(first)
  if (activation === null) throw refused(action, namespace, first.status)
  while (await pause(pollMs)) {
    const found = resultOf(await call(activationRecord(namespace, activation)))
    if (found) return endOf(found)
  }
  return { kind: 'running', activation }
}

function callerOf({ http }: InvocationOptions, action: string) {
  return async (request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>): Promise<HttpResponse> => {
    try {
      return await http({ ...request, timeoutMs: answerMs, maxBytes: defaultMaxBytes })
    } catch (error) {
      if (error instanceof TransportError) throw unavailable(action, error.message)
      throw error
    }
  }
}

/** A failed action answers 502, and its result as well. */
function resultOf({ status, body }: HttpResponse): Readonly<Record<string, unknown>> | null {
  if (status !== 200 && status !== 502) return null
  return Activation.safeParse(parseJson(body)).data?.response.result ?? null
}

/** The error of the platform is a text; that of an action is an object. */
function endOf(result: Readonly<Record<string, unknown>>): Invocation {
  return typeof result.error === 'string'
    ? { kind: 'aborted', message: withoutControls(result.error) }
    : { kind: 'ended', result }
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
