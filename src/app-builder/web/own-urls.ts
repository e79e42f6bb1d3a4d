import type { Runtime } from '../params/runtime'

const adobeHost = 'https://adobeioruntime.net'

/** Where a web action of this namespace is reached from outside. */
export function webActionUrl({ apiHost, namespace, actionName }: Runtime, action: string): string {
  const [, , pkg = ''] = actionName.split('/')
  const path = `/${pkg}/${action}`
  return apiHost === adobeHost
    ? `https://${namespace}.adobeioruntime.net/api/v1/web${path}`
    : `${apiHost}/api/v1/web/${namespace}${path}`
}

/** The full name of another action in the package of this one. */
export function siblingAction({ actionName }: Runtime, action: string): string {
  return [...actionName.split('/').slice(0, -1), action].join('/')
}
