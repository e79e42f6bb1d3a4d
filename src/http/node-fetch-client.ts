import { finished } from 'node:stream/promises'
import fetch from 'node-fetch'
import { JobError } from '../errors'
import { addressRefused, isAddressRefusal } from './address-guard'
import { createAgents, proxyRefused } from './agents'
import { TransportError, defaultMaxBytes } from './http-client'
import type { Readable } from 'node:stream'
import type { BodyInit, RequestInit } from 'node-fetch'
import type { Clock } from '../clock'
import type { Resolve } from './address-guard'
import type { ProxyFor } from './agents'
import type { HttpClient, HttpRequest, HttpResponse } from './http-client'

/** Failures that come before the first byte of a request: nothing can have been received. */
const neverSent = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  proxyRefused,
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

export interface ClientOptions {
  readonly clock: Clock
  /** Default: what the environment names. */
  readonly proxyFor?: ProxyFor
  /** Names of requests with a {@link HttpRequest.reach}. Default: `dns.lookup`. */
  readonly resolve?: Resolve
}

/**
 * The {@link HttpClient} over node-fetch, with kept-alive connections, a time limit on the whole exchange and a size
 * limit on the decoded answer.
 */
export function createHttpClient({ clock, proxyFor, resolve }: ClientOptions): HttpClient {
  const agentFor = createAgents(proxyFor, resolve)

  return async function send(request) {
    const url = checkedUrl(request.url)
    // node-fetch would destroy the body with an error that nobody handles, which ends the process.
    if (request.signal?.aborted) throw abortedBefore(url, request)
    const timer = new AbortController()
    const expiry = new AbortController()
    clock.sleep(request.timeoutMs, timer.signal).then(
      () => expiry.abort(),
      () => undefined,
    )
    const signals = request.signal ? [request.signal, expiry.signal] : [expiry.signal]
    try {
      return await exchange(url, request, AbortSignal.any(signals))
    } catch (error) {
      throw failureOf(error, url, request, expiry.signal.aborted)
    } finally {
      // Passes a reason: otherwise every abort allocates a DOMException with a stack.
      timer.abort('answered')
    }
  }

  async function exchange(url: URL, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { method, maxBytes = defaultMaxBytes } = request
    const init: RequestInit = { method, redirect: 'manual', signal }
    init.agent = await agentFor(url, request.reach)
    if (request.headers) init.headers = { ...request.headers }
    if (request.body !== undefined) init.body = request.body as BodyInit
    const response = await fetch(url, init)
    const body = await bytesOf(response.body as Readable | null, maxBytes)
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  }
}

/**
 * The decoded bytes of an answer, copied once: `arrayBuffer()` of node-fetch copies them twice.
 * @throws TooLarge beyond the limit, and the error of the connection
 */
async function bytesOf(stream: Readable | null, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > maxBytes) stream.destroy(new TooLarge())
    else chunks.push(chunk)
  })
  if (stream) await finished(stream)
  return Buffer.concat(chunks, size)
}

class TooLarge extends Error {}

/** @throws JobError `input-invalid` for http beyond loopback, and for credentials in the URL */
export function checkedUrl(text: string): URL {
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') throw hasUserInfo(url)
  if (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))) return url
  throw new JobError(
    'input-invalid',
    `${url.origin} must be reached over https.`,
    'Correct the base URL; http is accepted for loopback hosts only.',
  )
}

/** A user in a URL would be sent as credentials, and would be part of every text that names the URL. */
function hasUserInfo({ host }: URL): JobError {
  return new JobError(
    'input-invalid',
    `The URL of ${host} holds a user or a password.`,
    'Take them out of the base URL; the authentication of the source is the place for credentials.',
  )
}

/** The target of a request without its query, which may carry secrets. */
function placeOf(url: URL): string {
  return `${url.origin}${url.pathname}`
}

function abortedBefore(url: URL, { method }: HttpRequest): TransportError {
  return new TransportError(`${method} ${placeOf(url)} was aborted`, 'no', 'aborted')
}

/** The error for a failure of node-fetch: a JobError where the address was refused, otherwise a TransportError. */
export function failureOf(
  error: unknown,
  url: URL,
  request: Pick<HttpRequest, 'method' | 'timeoutMs' | 'maxBytes'>,
  timedOut: boolean,
): JobError | TransportError {
  return isAddressRefusal(error) ? addressRefused(url) : transportError(error, url, request, timedOut)
}

/** It leaves out the query, which may carry secrets. */
function transportError(
  error: unknown,
  url: URL,
  { method, timeoutMs, maxBytes = defaultMaxBytes }: Pick<HttpRequest, 'method' | 'timeoutMs' | 'maxBytes'>,
  timedOut: boolean,
): TransportError {
  const place = `${method} ${placeOf(url)}`
  if (timedOut)
    return new TransportError(`${place} had no answer within ${timeoutMs} ms`, 'perhaps', 'timeout')
  const { name, code } = error as { name?: string; code?: string }
  if (error instanceof TooLarge) {
    const limit = `${maxBytes} bytes (maxBytes, counted after decompression)`
    return new TransportError(`${place} had an answer of more than ${limit}`, 'perhaps', 'too-large')
  }
  if (name === 'AbortError') return new TransportError(`${place} was aborted`, 'perhaps', 'aborted')
  const sent = code !== undefined && neverSent.has(code) ? 'no' : 'perhaps'
  return new TransportError(`${place} failed: ${code ?? name ?? 'network error'}`, sent, 'network')
}
