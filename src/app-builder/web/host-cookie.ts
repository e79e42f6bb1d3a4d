import type { WebRequest } from './web-request'

export interface HostCookie {
  readonly name: string
  /** `Lax` where the cookie must travel with a redirect from another site, otherwise `Strict`. */
  readonly sameSite: 'Lax' | 'Strict'
}

/**
 * The prefix binds a cookie to this host: no other host of a shared domain can set or receive it. Browsers refuse the
 * prefix over http, which is used on loopback hosts only: there the plain name is set as well.
 * @see RFC 6265bis §4.1.3
 */
function namesAt(url: string, { name }: HostCookie): readonly string[] {
  return url.startsWith('https:') ? [`__Host-${name}`] : [`__Host-${name}`, name]
}

/** `Set-Cookie`. @param url address of the action that sets it */
export function hostCookie(
  url: string,
  cookie: HostCookie,
  value: string,
  maxAgeSeconds: number,
): readonly string[] {
  const rules = `Path=/; Secure; HttpOnly; SameSite=${cookie.sameSite}`
  return namesAt(url, cookie).map((name) => `${name}=${value}; Max-Age=${maxAgeSeconds}; ${rules}`)
}

/** @see RFC 6265 §4.2 */
export function readHostCookie(url: string, cookie: HostCookie, { headers }: WebRequest): string | undefined {
  const pairs = (headers.cookie ?? '').split(/; */).map((pair) => pair.split('='))
  const values = namesAt(url, cookie).map((name) => pairs.find(([key]) => key === name)?.[1])
  return values.find((value) => value !== undefined)
}
