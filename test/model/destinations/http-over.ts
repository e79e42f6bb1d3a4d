import { TransportError } from '../../../src/http/http-client'
import { askOutcomes, sendOutcomes } from './network'
import type { LoggedRequest, Reply } from '../../../emulators/emulator'
import type { HttpClient, HttpRequest, HttpResponse } from '../../../src/http/http-client'
import type { Network } from './network'

/** What can happen to a request, whatever it asks for. */
export type Outcome = (typeof sendOutcomes)[number] | (typeof askOutcomes)[number]

const refusals: Partial<Record<Outcome, Reply>> = {
  throttled: { status: 429, headers: { 'retry-after': '5' } },
  unauthorized: { status: 401, body: { error_code: '401013', message: 'Oauth token is not valid' } },
  'not-permitted': { status: 403, body: { error_code: '403025', message: 'Profile is not valid' } },
  'html-500': { status: 500, body: '<html>' },
  'html-500-refused': { status: 500, body: '<html>' },
}

/**
 * HTTP in virtual time, to a service that answers at once. A POST has an effect, which takes place whether or not its
 * sender lives on: `late` after the sender has given up. A process freezes before the send window is checked, which is
 * where it asks for its token, and not between that and the first byte (an assumption of the protocol).
 * @param noted is told of each request what it meets
 */
export function httpOver(
  network: Network,
  serve: (request: LoggedRequest) => Reply,
  noted: (request: HttpRequest, outcome: Outcome) => void = () => undefined,
): HttpClient {
  const { time, process, choices, sendTimeoutMs, delayMs } = network

  async function lost(signal: AbortSignal | undefined): Promise<never> {
    await process.clock.sleep(sendTimeoutMs * 2, signal).catch(() => undefined)
    await process.gate()
    throw new TransportError('no answer', 'perhaps', 'timeout')
  }

  return async (request) => {
    const outcomes: readonly Outcome[] = request.method === 'POST' ? sendOutcomes : askOutcomes
    const outcome = outcomes[choices.next(outcomes.length)] ?? 'accepted'
    noted(request, outcome)
    const effect = () => responseOf(serve(loggedOf(request, time.now())))
    if (outcome === 'not-sent') throw new TransportError('nothing left', 'no', 'network')
    if (outcome === 'late') void time.sleep(sendTimeoutMs + Math.floor(delayMs / 2)).then(effect)
    if (outcome === 'late' || outcome === 'request-lost') return lost(request.signal)
    const refusal = refusals[outcome]
    if (refusal) return process.call(100, () => responseOf(refusal))
    const answered = time.sleep(50).then(effect)
    if (outcome === 'reply-lost') return lost(request.signal)
    await process.call(100, () => undefined)
    const response = await answered
    return outcome === 'html-500-accepted' ? responseOf({ status: 500, body: '<html>' }) : response
  }
}

function loggedOf({ method, url, headers = {}, body = '' }: HttpRequest, at: number): LoggedRequest {
  const { pathname, search } = new URL(url)
  return { method, url: pathname + search, headers, body: Buffer.from(body), at }
}

function responseOf({ status, body = '', headers = {} }: Reply): HttpResponse {
  const raw = typeof body === 'string' || Buffer.isBuffer(body)
  const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  return { status, headers: texts, body: Buffer.from(raw ? body : JSON.stringify(body)) }
}
