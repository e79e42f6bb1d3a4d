import { defineAction } from '../action-frame'
import { requireSealer } from '../params/encryption-key'
import { defineWebAction, json, problem } from '../web/define-web-action'
import { hostCookie, readHostCookie } from '../web/host-cookie'
import { errorPage, webPage } from '../web/web-page'
import { isOverTheWeb } from '../web/web-request'
import { admitViewer, assertOwnOrigin, noSession, openSessions, sessionCookie, statusUrl } from './admission'
import { invitePerson, readForm, startRun } from './commands'
import { invitedPage, openPage } from './page/small-pages'
import { statusPage } from './page/status-page'
import { readStatus } from './read-status'
import { awaitOutcome, readOutcome } from './run-outcome'
import { linkMinutes, linkUsed, sessionHours } from './sessions'
import { withoutTexts } from './status'
import { StatusParams } from './status-params'
import { readRequest } from '../params/request'
import type { JobError } from '../../errors'
import type { Job } from '../../definition/job'
import type { ActionParams, Platform } from '../platform'
import type { WebResponse } from '../web/define-web-action'
import type { WebRequest } from '../web/web-request'

/**
 * The action `job-status`: the state of all jobs, as JSON for the holder of the namespace's key and for programs, and as
 * a page for people. It reads; decisions go to `run-job`.
 */
export function statusAction(jobs: readonly Job[]): (params: ActionParams) => Promise<object> {
  const overTheWeb = defineWebAction(jobs, visit, presented)
  const byKey = defineAction(jobs, command)
  return (params) => (isOverTheWeb(params) ? overTheWeb(params) : byKey(params))
}

/** For the holder of the namespace's key: the status, or with `link` a link that opens the page once. */
async function command(platform: Platform): Promise<object> {
  const { link, ...request } = readRequest(StatusParams, platform.params)
  if (!link) return readStatus(platform, request)
  requireSealer(platform.sealer)
  const url = new URL(`${statusUrl(platform)}/open`)
  url.searchParams.set('link', openSessions(platform)?.makeLink() ?? '')
  const next = `It opens the status page once, within ${linkMinutes} minutes, for ${sessionHours} hours.`
  return { link: url.href, next }
}

async function visit(platform: Platform, request: WebRequest): Promise<WebResponse> {
  const { method, path } = request
  if (path === '/open' && method === 'get') return offerToOpen(platform, request)
  if (path === '/open' && method === 'post') return open(platform, request)
  if (path === '' && method === 'get') return show(platform, request)
  if (path === '' && method === 'post') return decide(platform, request)
  return webPage({
    statusCode: 404,
    title: 'There is nothing here',
    paragraphs: [`The page is at ${statusUrl(platform)}.`],
  })
}

/** The page shows a button instead of opening at once: previews of messengers fetch links, and would use this one up. */
async function offerToOpen(platform: Platform, { query }: WebRequest): Promise<WebResponse> {
  const link = query.get('link') ?? ''
  if (!(await openSessions(platform)?.isOpen(link))) throw linkUsed
  return openPage(link, `${statusUrl(platform)}/open`)
}

/**
 * Uses the link. The form is sent by our own page, so that the browser sends its new `Strict` cookie along with the
 * redirect; after a link on another site it would not.
 */
async function open(platform: Platform, request: WebRequest): Promise<WebResponse> {
  assertOwnOrigin(platform, request)
  const session = await openSessions(platform)?.open(new URLSearchParams(request.body).get('link') ?? '')
  if (!session) throw linkUsed
  const url = statusUrl(platform)
  return {
    statusCode: 303,
    headers: {
      location: url,
      'set-cookie': hostCookie(url, sessionCookie, session.cookie, sessionHours * 3_600),
    },
  }
}

async function show(platform: Platform, request: WebRequest): Promise<WebResponse> {
  const viewer = await admitViewer(platform, request)
  const { query, headers } = request
  const status = await readStatus(platform, {
    job: query.get('job') ?? undefined,
    tenant: query.get('tenant') ?? undefined,
  })
  if (viewer.kind === 'member') return json(200, withoutTexts(status))
  if (!wantsPage(headers)) return json(200, status)
  const url = statusUrl(platform)
  const { session, fresh } = viewer
  const activation = /^[0-9a-f]{32}$/.exec(query.get('activation') ?? '')?.[0]
  return statusPage({
    status,
    jobs: platform.jobs,
    url,
    formToken: openSessions(platform)?.formToken(session) ?? '',
    outcome: activation === undefined ? null : await readOutcome(platform, activation),
    canConnect: 'IMS_ADMIN_CLIENT_ID' in platform.params && platform.params.IMS_ADMIN_CLIENT_ID !== '',
    cookie: fresh ? hostCookie(url, sessionCookie, session.cookie, sessionHours * 3_600) : null,
  })
}

/** The forms of the page. @throws JobError `caller-unauthorized`, `caller-forbidden`, `params-invalid`, `job-unknown` */
async function decide(platform: Platform, request: WebRequest): Promise<WebResponse> {
  const sessions = openSessions(platform)
  const cookie = readHostCookie(statusUrl(platform), sessionCookie, request)
  const session = sessions?.find(cookie)
  if (!sessions || !session) throw noSession
  const form = readForm(platform, request, sessions, session)
  const url = new URL(statusUrl(platform))
  if (form.do === 'invite') return invitedPage(await invitePerson(platform, form), url.href)
  const activation = await startRun(platform, form)
  const { job, tenant, resolve, as, approve } = form
  const asked = { job, tenant, resolve, as, approve, activation }
  platform.log.info('A person has sent a command from the status page.', asked)
  await awaitOutcome(platform, activation)
  url.searchParams.set('activation', activation)
  if (tenant !== undefined) url.searchParams.set('tenant', tenant)
  return { statusCode: 303, headers: { location: url.href } }
}

function presented(error: JobError, params: ActionParams): WebResponse {
  const headers = params.__ow_headers
  return wantsPage(headers) ? errorPage(error) : problem(error)
}

/** Browsers name `text/html`; programs ask for JSON, or for anything. @see RFC 9110 §12.5.1 */
function wantsPage(headers: unknown): boolean {
  const accept = typeof headers === 'object' && headers && 'accept' in headers ? headers.accept : ''
  return typeof accept === 'string' && accept.includes('text/html')
}
