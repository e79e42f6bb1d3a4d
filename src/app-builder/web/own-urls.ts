import type { ActionParams } from '../platform'
import type { Runtime } from '../params/runtime'

const adobeHost = 'https://adobeioruntime.net'

/** Where a web action of this namespace is reached from outside. */
function webActionUrl({ apiHost, namespace, actionName }: Runtime, action: string): string {
  const [, , pkg = ''] = actionName.split('/')
  const path = `/${pkg}/${action}`
  return apiHost === adobeHost
    ? `https://${namespace}.adobeioruntime.net/api/v1/web${path}`
    : `${apiHost}/api/v1/web/${namespace}${path}`
}

/** Where `connect` is reached: its own address, or `CONNECT_URL` in front of it. */
export function connectUrl({ CONNECT_URL: configured }: ActionParams, runtime: Runtime): string {
  if (typeof configured === 'string' && configured !== '') return configured.replace(/\/+$/, '')
  return webActionUrl(runtime, 'connect')
}
