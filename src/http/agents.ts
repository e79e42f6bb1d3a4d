import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { getProxyForUrl } from 'proxy-from-env'
import { assertReachable, guardedLookup } from './address-guard'
import type { Agent, ClientRequest } from 'node:http'
import type { Reach, Resolve } from './address-guard'

/** The URL of the proxy for a URL; empty where there is none. */
export type ProxyFor = (url: string) => string

/** Code of the error for a proxy that refuses a connection: nothing of the request has left. */
export const proxyRefused = 'EPROXYREFUSED'

/**
 * Kept-alive connections, https through the proxy that the environment names (`HTTPS_PROXY`, `ALL_PROXY`, without those
 * of `NO_PROXY`). The code for proxies is loaded by deployments that have one. With a {@link Reach}, connections to other
 * addresses are refused; through a proxy only literal ones are, because the proxy resolves names.
 * @param resolve names of requests with a reach
 */
export function createAgents(
  proxyFor: ProxyFor = getProxyForUrl,
  resolve?: Resolve,
): (url: URL, reach?: Reach) => Promise<Agent> {
  // Connections that were checked are kept apart from the others.
  const direct = {
    any: directAgents({}),
    public: directAgents({ lookup: guardedLookup('public', resolve) }),
    'public-or-loopback': directAgents({ lookup: guardedLookup('public-or-loopback', resolve) }),
  }
  const byProxy = new Map<string, Promise<Agent>>()

  return async function agentFor(url, reach) {
    if (reach) assertReachable(url, reach)
    const agents = direct[reach ?? 'any']
    // http is for loopback hosts only, where a proxy would be another machine's loopback.
    if (url.protocol === 'http:') return agents.http
    const proxy = proxyFor(url.href)
    if (proxy === '') return agents.https
    const agent = byProxy.get(proxy) ?? throughProxy(proxy)
    byProxy.set(proxy, agent)
    return agent
  }
}

function directAgents(options: { readonly lookup?: ReturnType<typeof guardedLookup> }) {
  const all = { keepAlive: true, ...options } as const
  return { http: new HttpAgent(all), https: new HttpsAgent(all) }
}

async function throughProxy(proxy: string): Promise<Agent> {
  const { HttpsProxyAgent } = await import('https-proxy-agent')
  const agent = new HttpsProxyAgent(proxy, { keepAlive: true })
  const connect = agent.connect.bind(agent)
  // Without this, the refusal of the proxy would pass for the answer of the server.
  agent.connect = (request, options) => {
    request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      if (statusCode !== 200) refuse(request, statusCode)
    })
    return connect(request, options)
  }
  return agent
}

function refuse(request: ClientRequest, status: number): void {
  request.destroy(Object.assign(new TypeError(`the proxy answered HTTP ${status}`), { code: proxyRefused }))
}
