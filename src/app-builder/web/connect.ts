import { pendingConsents, pendingSeconds } from '../../auth/consent/pending-consent'
import { JobError, toJobError } from '../../errors'
import { openSingleUse } from '../../state/single-use'
import { defineAction } from '../action-frame'
import { requireSealer } from '../params/encryption-key'
import { findConsent } from './consents'
import { defineWebAction } from './define-web-action'
import { hostCookie, readHostCookie } from './host-cookie'
import { command, openInvitations } from './invite'
import { connectUrl } from './own-urls'
import { errorPage, webPage } from './web-page'
import { isOverTheWeb } from './web-request'
import type { PendingConsents } from '../../auth/consent/pending-consent'
import type { Job } from '../../definition/job'
import type { ActionParams, Platform } from '../platform'
import type { WebResponse } from './define-web-action'
import type { WebRequest } from './web-request'

/** Lax, not Strict: the redirect back is a navigation from another site. */
const cookie = { name: 'analytics-ingest-consent', sameSite: 'Lax' } as const

/**
 * The action `connect`: asks a person for access in the browser. A link carries an invitation, which only the holder of
 * the namespace's key can make.
 */
export function connectAction(jobs: readonly Job[]): (params: ActionParams) => Promise<object> {
  const fromBrowser = defineWebAction(jobs, visit, errorPageOf)
  const byKey = defineAction(jobs, command)
  return (params) => (isOverTheWeb(params) ? fromBrowser(params) : byKey(params))
}

/**
 * The pages of a consent: `/start` redirects the browser to the authorization server, which redirects it to
 * `/callback`.
 */
async function visit(platform: Platform, request: WebRequest): Promise<WebResponse> {
  const { method, path } = request
  if (method === 'get' && path === '/start') return start(platform, request)
  if (method === 'get' && path === '/callback') return callback(platform, request)
  return webPage({
    statusCode: 404,
    title: 'There is nothing here',
    paragraphs: ['Open the link you were sent.'],
  })
}

async function start(platform: Platform, { query }: WebRequest): Promise<WebResponse> {
  const invitation = await openInvitations(platform).read(query.get('invitation') ?? '')
  const consent = await findConsent(platform, invitation)
  const url = connectUrl(platform.params, platform.runtime)
  const begun = pendingOf(platform).begin(invitation, `${url}/callback`)
  return {
    statusCode: 302,
    headers: {
      location: await consent.authorizationUrl(begun.request),
      'set-cookie': hostCookie(url, cookie, begun.cookie, pendingSeconds),
      'referrer-policy': 'no-referrer',
    },
  }
}

async function callback(platform: Platform, request: WebRequest): Promise<WebResponse> {
  const { query } = request
  const url = connectUrl(platform.params, platform.runtime)
  const begun = await pendingOf(platform).take(query.get('state') ?? '', readHostCookie(url, cookie, request))
  const consent = await findConsent(platform, begun.invitation)
  let isUsed = false
  const use = async () => {
    await openInvitations(platform).use(begun.invitation)
    isUsed = true
  }
  const { linked, next } = await consent.complete(query, begun, use).catch((thrown: unknown) => {
    if (!isUsed) throw thrown
    const { code, message } = toJobError(thrown)
    platform.log.error(message, { code })
    throw notStored
  })
  return webPage({
    statusCode: 200,
    title: `${consent.title} is connected`,
    paragraphs: [`Linked: ${linked}.`, next],
  })
}

function pendingOf({ sealer, files, ims }: Platform): PendingConsents {
  return pendingConsents(requireSealer(sealer), openSingleUse(files, ims.clock), ims.clock)
}

function errorPageOf(error: JobError): WebResponse {
  return error.code === 'consent-declined' ? errorPage(error, 'Not connected') : errorPage(error)
}

/** No later run stores a consent: its person has to give it again. */
const notStored = new JobError(
  'store-unreachable',
  'The consent could not be stored, and its link is used up.',
  'Ask the sender for a new link, and consent once more.',
)
