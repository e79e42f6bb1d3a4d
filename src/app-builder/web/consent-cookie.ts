import type { WebRequest } from './web-request'

const plain = 'analytics-ingest-consent'
/** No other host of a shared domain can set a cookie of that name, or have it sent. @see RFC 6265bis §4.1.3 */
const hostBound = `__Host-${plain}`
// Lax, not Strict: the way back is a navigation that begins at another site.
const rules = 'Path=/; Secure; HttpOnly; SameSite=Lax'

/** Browsers refuse the prefix over http, which is this machine alone: there the plain name goes along. */
function namesAt(url: string): readonly string[] {
  return url.startsWith('https:') ? [hostBound] : [hostBound, plain]
}

/** `Set-Cookie` for what binds a consent to the browser that began it. @param url where `connect` is reached */
export function consentCookie(url: string, value: string, maxAgeSeconds: number): readonly string[] {
  return namesAt(url).map((name) => `${name}=${value}; Max-Age=${maxAgeSeconds}; ${rules}`)
}

/** @see RFC 6265 §4.2 */
export function readConsentCookie(url: string, { headers }: WebRequest): string | undefined {
  const pairs = (headers.cookie ?? '').split(/; */).map((pair) => pair.split('='))
  const values = namesAt(url).map((name) => pairs.find(([key]) => key === name)?.[1])
  return values.find((value) => value !== undefined)
}
