import type { ActionParams } from '../platform'
import type { Runtime } from '../params/runtime'

const adobeHost = 'https://adobeioruntime.net'

/** The public address of a web action of this namespace. */
export function webActionUrl({ apiHost, namespace, actionName }: Runtime, action: string): string {
  const [, , pkg = ''] = actionName.split('/')
  const path = `/${pkg}/${action}`
  return apiHost === adobeHost
    ? `https://${namespace}.adobeioruntime.net/api/v1/web${path}`
    : `${apiHost}/api/v1/web/${namespace}${path}`
}

/** The address of `connect`: its own, or `CONNECT_URL` of a proxy in front of it. */
export function connectUrl({ CONNECT_URL: configured }: ActionParams, runtime: Runtime): string {
  if (typeof configured === 'string' && configured !== '') return configured.replace(/\/+$/, '')
  return webActionUrl(runtime, 'connect')
}
