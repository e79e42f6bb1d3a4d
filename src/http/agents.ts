import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { getProxyForUrl } from 'proxy-from-env'
import type { Agent, ClientRequest } from 'node:http'

/** The URL of the proxy for a URL; empty where there is none. */
export type ProxyFor = (url: string) => string

/** Code of the error for a proxy that refuses a connection: nothing of the request has left. */
export const proxyRefused = 'EPROXYREFUSED'

/**
 * Kept-alive connections, https through the proxy that the environment names (`HTTPS_PROXY`, `ALL_PROXY`, without those
 * of `NO_PROXY`). The code for proxies is loaded by deployments that have one.
 */
export function createAgents(proxyFor: ProxyFor = getProxyForUrl): (url: URL) => Promise<Agent> {
  const direct = {
    'http:': new HttpAgent({ keepAlive: true }),
    'https:': new HttpsAgent({ keepAlive: true }),
  }
  const byProxy = new Map<string, Promise<Agent>>()

  return function agentFor(url) {
    // http is for loopback hosts only, where a proxy would be another machine's loopback.
    if (url.protocol === 'http:') return Promise.resolve(direct['http:'])
    const proxy = proxyFor(url.href)
    if (proxy === '') return Promise.resolve(direct['https:'])
    const agent = byProxy.get(proxy) ?? throughProxy(proxy)
    byProxy.set(proxy, agent)
    return agent
  }
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
