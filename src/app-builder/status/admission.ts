import { fromUserToken, noKnownCallers } from '../../auth/ims/from-user-token'
import { JobError } from '../../errors'
import { openSingleUse } from '../../state/single-use'
import { isLoopback } from '../params/base-urls'
import { readCallerRules } from '../web/caller-rules'
import { readHostCookie } from '../web/host-cookie'
import { webActionUrl } from '../web/own-urls'
import { askForLink, createSessions } from './sessions'
import type { Platform } from '../platform'
import type { WebRequest } from '../web/web-request'
import type { Session, Sessions } from './sessions'

/**
 * `session`: a browser that a link was opened in, or any on this machine; it may see all and decide. `fresh` is true
 * where the browser does not have the cookie yet. `member`: a caller with a user token, who may read outcomes and counts.
 */
export type Viewer =
  | { readonly kind: 'session'; readonly session: Session; readonly fresh: boolean }
  | { readonly kind: 'member' }

/** Strict: no request that another site causes carries it. */
export const sessionCookie = { name: 'analytics-ingest-status', sameSite: 'Strict' } as const

const known = noKnownCallers()

export function statusUrl({ runtime }: Pick<Platform, 'runtime'>): string {
  return webActionUrl(runtime, 'job-status')
}

/** Null without `TOKEN_ENCRYPTION_KEY`: then there is no page for browsers. */
export function openSessions({
  sealer,
  files,
  ims,
}: Pick<Platform, 'sealer' | 'files' | 'ims'>): Sessions | null {
  return sealer && createSessions(sealer, openSingleUse(files, ims.clock), ims.clock)
}

/**
 * Decides who asks, before anything is read.
 * @throws JobError `caller-unauthorized`, `caller-forbidden`, `token-unavailable`
 */
export async function admitViewer(platform: Platform, request: WebRequest): Promise<Viewer> {
  const sessions = openSessions(platform)
  const session = sessions?.find(readHostCookie(statusUrl(platform), sessionCookie, request)) ?? null
  if (session) return { kind: 'session', session, fresh: false }
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const caller = { authorization, orgId: request.headers['x-gw-ims-org-id'] }
    await fromUserToken({ caller, rules: readCallerRules(platform.params), known }, platform.ims)()
    return { kind: 'member' }
  }
  if (sessions && isOnThisMachine(platform, request)) {
    return { kind: 'session', session: sessions.begin(), fresh: true }
  }
  throw noSession
}

/**
 * True for the local platform, whose address the container's environment names, not the caller. The browser has to have
 * come by a loopback name (DNS rebinding sends another one), and from no other site, because the platform's answers can
 * be read by all origins.
 */
function isOnThisMachine({ runtime }: Pick<Platform, 'runtime'>, { headers }: WebRequest): boolean {
  const site = headers['sec-fetch-site'] ?? 'none'
  return (
    isLoopback(new URL(runtime.apiHost).hostname) &&
    isLoopback(hostnameOf(headers.host)) &&
    (site === 'none' || site === 'same-origin') &&
    // Browsers that do not send the header above name the origin of such a request.
    headers.origin === undefined
  )
}

function hostnameOf(host: string | undefined): string {
  const url = `http://${host ?? ''}`
  return URL.canParse(url) ? new URL(url).hostname : ''
}

/**
 * A form counts only where this page has sent it: by its `Origin`, and by the token of its session (CSRF).
 * @throws JobError `caller-forbidden`
 */
export function assertOwnOrigin(platform: Pick<Platform, 'runtime'>, { headers }: WebRequest): void {
  const url = statusUrl(platform)
  if (headers.origin === new URL(url).origin) return
  throw new JobError(
    'caller-forbidden',
    'Forbidden: the form was not sent by this page.',
    `Open the page at ${url}, and decide there.`,
  )
}

export const noSession = new JobError(
  'caller-unauthorized',
  'Unauthorized: there is no session in this browser, or it has ended.',
  `${askForLink} A program sends \`Authorization: Bearer <token>\` and \`x-gw-ims-org-id\`.`,
)
