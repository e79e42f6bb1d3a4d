/** A URL in its plainest form: no userinfo, no fragment, no backslash, ASCII only. */
const plainUrl = /^(https?):\/\/([a-z0-9.-]+(?::\d{1,5})?)([/?][!"$-[\]-~]*)?$/i
const loopback = /^(localhost|127\.0\.0\.1)(:\d+)?$/
const label = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/

/** A host with its port unless that is the default, or `*.` before a domain of at least two labels. */
export const hostPattern = /^([a-z0-9-]+(\.[a-z0-9-]+)*|\*(\.[a-z0-9-]+){2,})(:\d{1,5})?$/

/**
 * The host of a URL in lower case, with its port unless that is the default. Null for URLs that are not https (http for
 * loopback), and for URLs that parsers may read differently (parser-confusion SSRF).
 */
export function secureHostOf(url: string): string | null {
  const [, scheme = '', authority = ''] = plainUrl.exec(url) ?? []
  const host = authority.toLowerCase()
  if (!URL.canParse(url) || new URL(url).host !== host) return null
  return scheme.toLowerCase() === 'https' || loopback.test(host) ? host : null
}

/** @param allowed exact hosts, or `*.example.com` for one label before a domain */
export function isAllowedHost(host: string, allowed: readonly string[]): boolean {
  return allowed.some((pattern) => {
    if (!pattern.startsWith('*.')) return host === pattern
    const domain = pattern.slice(1)
    return host.endsWith(domain) && label.test(host.slice(0, -domain.length))
  })
}
