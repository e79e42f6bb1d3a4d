import { createInvitations, invitationDays } from '../../auth/consent/invitations'
import { openPendingConsents, pendingSeconds } from '../../auth/consent/pending-consents'
import { findConsent } from './consents'
import { clock } from '../container'
import { defineAction } from '../define-action'
import { defineWebAction, httpStatusOf } from './define-web-action'
import { requireSealer } from '../params/encryption-key'
import { webActionUrl } from './own-urls'
import { readInvitationParams } from './invitation-params'
import { readRuntime } from '../params/runtime'
import { stateStore } from '../storage/stores'
import { webPage } from './web-page'
import { cookieOf, readWebRequest } from './web-request'
import type { JobError } from '../../errors'
import type { Job } from '../../jobs/job'
import type { ActionContext, ActionParams } from '../define-action'
import type { WebContext, WebResponse } from './define-web-action'

const cookieName = 'analytics-ingest-consent'

/**
 * The action `connect`: asks a person for access in the browser. Links begin with an invitation, made by who holds the
 * namespace's key.
 */
export function connectAction(jobs: readonly Job[]): (params: ActionParams) => Promise<object> {
  const fromBrowser = defineWebAction(jobs, visit, errorPage)
  const byKey = defineAction(jobs, invite)
  return (params) => (readWebRequest(params) ? fromBrowser(params) : byKey(params))
}

/** Makes an invitation. Only who holds the key of the namespace gets here. */
function invite({ params }: ActionContext): Promise<object> {
  const invitation = readInvitationParams(params)
  const link = new URL(`${connectUrl(params)}/start`)
  link.searchParams.set('invitation', createInvitations(requireSealer(params), clock).make(invitation))
  return Promise.resolve({
    link: link.href,
    to: invitation.to,
    validDays: invitationDays,
    next: 'Send the link to the person who is to consent. Whoever has it can consent in its name.',
  })
}

/** The pages of a consent: `/start` sends the browser there, `/callback` is where it comes back. */
async function visit(context: WebContext): Promise<WebResponse> {
  const { method, path } = context.request
  if (method === 'get' && path === '/start') return start(context)
  if (method === 'get' && path === '/callback') return callback(context)
  return webPage({
    statusCode: 404,
    title: 'There is nothing here',
    paragraphs: ['Open the link you were sent.'],
  })
}

async function start(context: WebContext): Promise<WebResponse> {
  const { params, request } = context
  const sealer = requireSealer(params)
  const invitation = createInvitations(sealer, clock).read(request.query.get('invitation') ?? '')
  const consent = await findConsent(context, invitation)
  const pending = openPendingConsents(stateStore(readRuntime(process.env)), sealer)
  const begun = await pending.begin(invitation, `${connectUrl(params)}/callback`)
  return {
    statusCode: 302,
    headers: {
      location: await consent.authorizationUrl(begun.request),
      // Lax, not Strict: the way back is a navigation that begins at another site.
      'set-cookie': `${cookieName}=${begun.cookie}; Max-Age=${pendingSeconds}; Path=/; Secure; HttpOnly; SameSite=Lax`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  }
}

async function callback(context: WebContext): Promise<WebResponse> {
  const { params, request } = context
  const pending = openPendingConsents(stateStore(readRuntime(process.env)), requireSealer(params))
  const begun = await pending.take(request.query.get('state') ?? '', cookieOf(request, cookieName))
  const consent = await findConsent(context, begun)
  const { linked, next } = await consent.complete(request.query, begun)
  return webPage({
    statusCode: 200,
    title: `${consent.title} is connected`,
    paragraphs: [`Linked: ${linked}.`, next],
  })
}

/** An error as a page. */
function errorPage(error: JobError): WebResponse {
  return webPage({
    statusCode: httpStatusOf(error),
    title: error.code === 'consent-declined' ? 'Not connected' : 'This did not work',
    paragraphs: [error.message, error.remedy],
  })
}

function connectUrl({ CONNECT_URL: configured }: ActionParams): string {
  if (typeof configured === 'string' && configured !== '') return configured.replace(/\/+$/, '')
  return webActionUrl(readRuntime(process.env), 'connect')
}
