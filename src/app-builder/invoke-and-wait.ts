import * as z from 'zod'
import { JobError } from '../errors'
import { TransportError, defaultMaxBytes } from '../http/http-client'
import { parseJson } from '../http/json'
import { retryAfterMs } from '../http/retry-after'
import { acceptedId, activationRecord, invocation, platformError } from './namespace'
import type { Clock } from '../clock'
import type { HttpClient, HttpRequest, HttpResponse } from '../http/http-client'
import type { Namespace } from './namespace'

/**
 * `aborted`: the platform ended the activation, which left no result of its own (time, memory, size of the result).
 * `running`: it has not ended in time. `unknown`: it may have been started, and how it ends cannot be read.
 * `not-started`: the namespace had no room for it in time.
 */
export type Invocation =
  | { readonly kind: 'ended'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly kind: 'aborted'; readonly message: string }
  | { readonly kind: 'running'; readonly activation: string }
  | { readonly kind: 'unknown'; readonly message: string }
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
/** How long the record of an activation may be unreadable: a connection that is cut once says nothing about the run. */
const unreadableMs = 60_000
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
  const call = callerOf(options)

  async function pause(ms: number): Promise<boolean> {
    const leftMs = endAt - clock.monotonic()
    if (leftMs < ms) return false
    waiting?.(patienceMs - leftMs)
    await clock.sleep(ms)
    return true
  }

  const request = invocation(namespace, action, params, { blocking: true })
  let first = await call(request)
  while (first.kind === 'answer' && first.response.status === 429) {
    const { headers } = first.response
    const askedMs = retryAfterMs(headers['retry-after'], clock.now()) ?? crowdedMs * (0.5 + random())
    if (!(await pause(askedMs))) return { kind: 'not-started' }
    first = await call(request)
  }
  const result = resultOf(first)
  if (result) return endOf(result)
  const activation = first.kind === 'answer' ? acceptedId(first.response) : null
  if (activation === null) return withoutId(action, namespace, first)
  const record = activationRecord(namespace, activation)
  let readableAt = clock.monotonic()
  while (await pause(pollMs)) {
    const answer = await call(record)
    const found = resultOf(answer)
    if (found) return endOf(found)
    if (answer.kind === 'answer' && answer.response.status === 404) readableAt = clock.monotonic()
    else if (clock.monotonic() - readableAt > unreadableMs) {
      const message = `Activation ${activation} was started, and its record cannot be read: ${answer.what}.`
      return { kind: 'unknown', message }
    }
  }
  return { kind: 'running', activation }
}

/** An answer, or the reason why none came; `what` names either in an error. */
type Answer =
  | { readonly kind: 'answer'; readonly response: HttpResponse; readonly what: string }
  | { readonly kind: 'none'; readonly sent: TransportError['sent']; readonly what: string }

function callerOf({ http }: InvocationOptions) {
  return async (request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>): Promise<Answer> => {
    try {
      const response = await http({ ...request, timeoutMs: answerMs, maxBytes: defaultMaxBytes })
      return { kind: 'answer', response, what: `HTTP ${response.status}` }
    } catch (error) {
      if (error instanceof TransportError) return { kind: 'none', sent: error.sent, what: error.message }
      throw error
    }
  }
}

/** A failed action answers 502, and its result as well. */
function resultOf(answer: Answer): Readonly<Record<string, unknown>> | null {
  if (answer.kind === 'none' || ![200, 502].includes(answer.response.status)) return null
  return Activation.safeParse(parseJson(answer.response.body)).data?.response.result ?? null
}

function endOf(result: Readonly<Record<string, unknown>>): Invocation {
  const message = platformError(result)
  return message === null ? { kind: 'ended', result } : { kind: 'aborted', message }
}

/**
 * The end of an invocation whose answer has no activation id. Only a refusal, or a request that was not sent, proves that
 * nothing was started: a gateway may time out while the action runs.
 * @throws JobError `caller-unauthorized`, `action-unavailable` where nothing was started
 */
function withoutId(action: string, { name, apiHost }: Namespace, answer: Answer): Invocation {
  const where = `${apiHost}, namespace ${name}`
  if (answer.kind === 'none') {
    if (answer.sent === 'no') throw unavailable(action, answer.what)
    return { kind: 'unknown', message: `${action} may have been started: ${answer.what}.` }
  }
  const { status } = answer.response
  if (status === 401 || status === 403) {
    throw new JobError(
      'caller-unauthorized',
      `The namespace's key was refused: HTTP ${status} (${where}).`,
      'Use `aio app use` again, or paste the `export` lines of the `npm run local` that is up now.',
      { details: { status } },
    )
  }
  const what = `HTTP ${status} (${where})`
  if (status === 404) throw unavailable(action, what, 'Deploy first: aio app deploy --force-deploy.')
  if (status >= 300 && status < 500) throw unavailable(action, what)
  return { kind: 'unknown', message: `${action} may have been started: ${what}, without a result.` }
}

function unavailable(action: string, what: string, remedy = 'Try again; nothing was lost.'): JobError {
  return new JobError('action-unavailable', `${action} could not be invoked: ${what}.`, remedy)
}
