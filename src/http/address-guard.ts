import { lookup } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { JobError } from '../errors'
import type { LookupAddress, LookupOptions } from 'node:dns'

/** Where a request with a URL from data may go. */
export type Reach = 'public' | 'public-or-loopback'

/** `dns.lookup` with all addresses of a name. */
export type Resolve = (
  host: string,
  options: LookupOptions & { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const refusedCode = 'EADDRESSREFUSED'

/** IANA's special-purpose addresses, and multicast. @see RFC 6890 */
const privateIpv4 = blockListOf('ipv4', [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
])
/** All else is loopback, link-local, unique local, multicast, or an IPv4 address in disguise. @see RFC 4291 §2.4 */
const globalIpv6 = blockListOf('ipv6', ['2000::/3'])
const privateIpv6 = blockListOf('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])
const loopback = blockListOf('ipv4', ['127.0.0.0/8'])

/**
 * The reach of a request whose URL comes from data, such as an answer. Undefined for the origin of the declared URL,
 * which may be anywhere; loopback only where the declared URL is loopback itself.
 */
export function reachOf(url: string, declared: string): Reach | undefined {
  const { origin, hostname } = new URL(declared)
  if (new URL(url).origin === origin) return undefined
  return hostname === 'localhost' || isLoopback(hostOf(hostname)) ? 'public-or-loopback' : 'public'
}

/** Refuses a URL with a private IP address; names are checked by {@link guardedLookup}. */
export function assertReachable({ hostname }: URL, reach: Reach): void {
  const host = hostOf(hostname)
  if (isIP(host) !== 0 && !isWithin(host, reach)) throw refusal()
}

/**
 * A `lookup` for agents: the addresses that it checks are those that the socket connects to, so a name cannot change its
 * address between check and connection (DNS rebinding).
 */
export function guardedLookup(reach: Reach, resolve: Resolve = lookup) {
  return function check(
    host: string,
    options: LookupOptions,
    done: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
  ): void {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses
      if (error || !first) done(error ?? refusal(), '')
      else if (!addresses.every(({ address }) => isWithin(address, reach))) done(refusal(), '')
      else if (options.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
}

export function isAddressRefusal(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === refusedCode
}

/** Not a failure of the network: the same URL would be refused again. */
export function addressRefused({ origin }: URL): JobError {
  return new JobError(
    'source-malformed',
    `An answer of the source leads to ${origin}, which is at a private address.`,
    'Requests to private addresses are sent to the base URL of a source only. Tell the owner of the source, or declare a source whose base URL is this host.',
    { details: { url: origin } },
  )
}

function isWithin(address: string, reach: Reach): boolean {
  // A link-local address may have a zone.
  const [plain = ''] = address.split('%')
  if (reach === 'public-or-loopback' && isLoopback(plain)) return true
  if (isIP(plain) === 4) return !privateIpv4.check(plain)
  return globalIpv6.check(plain, 'ipv6') && !privateIpv6.check(plain, 'ipv6')
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && loopback.check(address))
}

/** Without the brackets of an IPv6 address. */
function hostOf(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function blockListOf(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [net = '', prefix] = range.split('/')
    list.addSubnet(net, Number(prefix), family)
  }
  return list
}

function refusal(): NodeJS.ErrnoException {
  return Object.assign(new TypeError('the address is private'), { code: refusedCode })
}
