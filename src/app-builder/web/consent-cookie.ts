import type { WebRequest } from './web-request'

const plain = 'analytics-ingest-consent'
/**
 * The prefix binds the cookie to this host: no other host of a shared domain can set or receive it.
 * @see RFC 6265bis §4.1.3
 */
const hostBound = `__Host-${plain}`
// Lax, not Strict: the redirect back is a navigation from another site.
const rules = 'Path=/; Secure; HttpOnly; SameSite=Lax'

/** Browsers refuse the prefix over http, which is used on loopback hosts only: there the plain name is set as well. */
function namesAt(url: string): readonly string[] {
  return url.startsWith('https:') ? [hostBound] : [hostBound, plain]
}

/** `Set-Cookie` that binds a consent to the browser that began it. @param url address of `connect` */
export function consentCookie(url: string, value: string, maxAgeSeconds: number): readonly string[] {
  return namesAt(url).map((name) => `${name}=${value}; Max-Age=${maxAgeSeconds}; ${rules}`)
}

/** @see RFC 6265 §4.2 */
export function readConsentCookie(url: string, { headers }: WebRequest): string | undefined {
  const pairs = (headers.cookie ?? '').split(/; */).map((pair) => pair.split('='))
  const values = namesAt(url).map((name) => pairs.find(([key]) => key === name)?.[1])
  return values.find((value) => value !== undefined)
}
