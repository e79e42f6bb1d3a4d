import fetch from 'node-fetch'
import { createAgents } from './agents'
import { checkedUrl, failureOf } from './node-fetch-client'
import type { BodyInit, RequestInit } from 'node-fetch'
import type { Clock } from '../clock'
import type { ClientOptions } from './node-fetch-client'
import type { DownloadRequest, DownloadResponse, HttpDownload } from './http-download'

/** The {@link HttpDownload} over node-fetch, with kept-alive connections and a limit on the time without a byte. */
export function createHttpDownload({ clock, proxyFor, resolve }: ClientOptions): HttpDownload {
  const agentFor = createAgents(proxyFor, resolve)

  return async function download(request): Promise<DownloadResponse> {
    const url = checkedUrl(request.url)
    const idle = watchIdle(clock, request.idleMs)
    const discarded = new AbortController()
    const signals = [idle.signal, discarded.signal, ...(request.signal ? [request.signal] : [])]
    const fail = (error: unknown) =>
      failureOf(error, url, { method: request.method, timeoutMs: request.idleMs }, idle.signal.aborted)
    try {
      const init = initOf(request, AbortSignal.any(signals))
      init.agent = await agentFor(url, request.reach)
      const response = await idle.within(() => fetch(url, init))
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: piecesOf((response.body ?? []) as AsyncIterable<Uint8Array>),
        discard: () => discarded.abort('discarded'),
      }
    } catch (error) {
      throw fail(error)
    }

    async function* piecesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      const pieces = stream[Symbol.asyncIterator]()
      try {
        for (;;) {
          const piece = await idle.within(() => pieces.next())
          if (piece.done === true) return
          yield piece.value
        }
      } catch (error) {
        throw fail(error)
      } finally {
        discarded.abort('left')
      }
    }
  }
}

function initOf({ method, headers, body, raw = false }: DownloadRequest, signal: AbortSignal): RequestInit {
  return {
    method,
    redirect: 'manual',
    signal,
    compress: !raw,
    headers: { ...(raw ? { 'accept-encoding': 'identity' } : {}), ...headers },
    ...(body === undefined ? {} : { body: body as BodyInit }),
  }
}

/** Aborts where one step takes longer than the limit; the time that a consumer takes between two steps does not count. */
function watchIdle(clock: Clock, idleMs: number) {
  const expiry = new AbortController()
  return {
    signal: expiry.signal,
    async within<T>(step: () => Promise<T>): Promise<T> {
      const timer = new AbortController()
      clock.sleep(idleMs, timer.signal).then(
        () => expiry.abort(),
        () => undefined,
      )
      try {
        return await step()
      } finally {
        timer.abort('stepped')
      }
    },
  }
}
