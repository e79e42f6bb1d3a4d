import * as z from 'zod'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** @param hostname as a URL has it: IPv6 in brackets */
export function isLoopback(hostname: string): boolean {
  return loopback.has(hostname)
}

/** A base URL without a trailing slash: `https:` anywhere, `http:` on this machine only. */
export const BaseUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
  .refine((text) => {
    if (!URL.canParse(text)) return false
    const { protocol, hostname } = new URL(text)
    return protocol === 'https:' || isLoopback(hostname)
  }, 'must be https (http is accepted for loopback hosts only)')
  .refine((text) => {
    if (!URL.canParse(text)) return false
    const { username, password, search, hash } = new URL(text)
    return [username, password, search, hash].every((part) => part === '')
  }, 'must hold neither user nor password, query or fragment')
  .transform((text) => text.replace(/\/+$/, ''))

/** App Builder turns an unset `$VAR` into ''. */
const withDefault = (fallback: string) =>
  z.preprocess((value) => (value === '' ? undefined : value), BaseUrl.default(fallback))

/** The base URLs of the hosted services. The defaults are Adobe's own. */
export const ServiceUrls = z
  .object({
    IMS_BASE_URL: withDefault('https://ims-na1.adobelogin.com'),
    ANALYTICS_BASE_URL: withDefault('https://analytics.adobe.io'),
    ANALYTICS_COLLECTION_BASE_URL: withDefault('https://analytics-collection.adobe.io'),
    FILES_TVM_URL: withDefault('https://firefly-tvm.adobe.io'),
    IMS_CONSENT_URL: withDefault('https://id.adobe.com/consent'),
  })
  .transform((urls) => ({
    ims: urls.IMS_BASE_URL,
    analytics: urls.ANALYTICS_BASE_URL,
    collection: urls.ANALYTICS_COLLECTION_BASE_URL,
    tvm: urls.FILES_TVM_URL,
    consent: urls.IMS_CONSENT_URL,
  }))
export type ServiceUrls = z.infer<typeof ServiceUrls>
