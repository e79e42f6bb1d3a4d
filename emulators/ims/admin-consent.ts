import { technicalAccountIn } from './client-credentials'
import { formOf } from './form'
import type { LoggedRequest, Reply } from '../emulator'
import type { Directory, RegisteredCredential } from './directory'
import type { Signer } from './signer'

const issuer = 'https://ims-na1.adobelogin.com/ims'
const lifeSeconds = 3600
/** Errors that the page can return instead of a decision. */
const obstacles = ['insufficient_privilege', 'incompatible_account_type', 'invalid_scopes', 'error'] as const

/** The Admin consent page (Adobe's is https://id.adobe.com/consent) and the redirect after a decision. */
export function adminConsent(
  { credentials, consents }: Directory,
  idTokens: () => Signer,
  now: () => number,
): (request: LoggedRequest) => Reply {
  function decide(request: LoggedRequest): Reply {
    const form = formOf(request)
    const credential = credentials.get(form.get('client_id') ?? '')
    if (!credential) return { status: 400, body: 'invalid client_id' }
    const answer = new URL(redirectOf(credential, form.get('redirect_uri')) ?? '')
    answer.searchParams.set('state', form.get('state') ?? '')
    const decision = form.get('decision') ?? ''
    if (decision === 'accept') {
      const orgId = form.get('org_id') ?? ''
      const consented = consents.get(credential.clientId) ?? new Set()
      consents.set(credential.clientId, consented.add(orgId))
      answer.searchParams.set('admin_consent', 'true')
      answer.searchParams.set('id_token', idToken(credential, orgId, form.get('nonce') ?? ''))
    } else if (decision === 'decline') {
      answer.searchParams.set('admin_consent', 'false')
    } else {
      answer.searchParams.set('error', decision)
    }
    return { status: 302, headers: { location: answer.href } }
  }

  function idToken(credential: RegisteredCredential, orgId: string, nonce: string): string {
    const iat = Math.floor(now() / 1000)
    const signer = idTokens()
    return signer.sign(
      { alg: 'RS256', typ: 'JWT', kid: signer.kid },
      {
        iss: issuer,
        sub: technicalAccountIn(credential, orgId),
        aud: credential.clientId,
        iat,
        exp: iat + lifeSeconds,
        orgId,
        nonce,
      },
    )
  }

  return (request) => {
    if (request.method === 'POST') return decide(request)
    const query = new URL(request.url, 'http://ims').searchParams
    const credential = credentials.get(query.get('client_id') ?? '')
    if (!credential?.redirectUris) return { status: 400, body: 'invalid client_id' }
    if (!redirectOf(credential, query.get('redirect_uri') ?? undefined))
      return { status: 400, body: 'invalid_redirect_uri' }
    if (!query.has('state')) return { status: 400, body: 'missing_state_param' }
    return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page(query) }
  }
}

/** The requested redirect URI, if it is registered; by default the first registered one. */
function redirectOf({ redirectUris = [] }: RegisteredCredential, asked = redirectUris[0]): string | null {
  return asked !== undefined && redirectUris.includes(asked) ? asked : null
}

function page(query: URLSearchParams): string {
  const fields = [...query].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  const button = (decision: string) => `<button name="decision" value="${decision}">${decision}</button>`
  return `<!doctype html><title>Consent</title><h1>An app asks for access</h1>
<form method="post" action="/consent">${fields.join('')}
<label>Organization <input name="org_id" value="AAAABBBBCCCCDDDD0A495C14@AdobeOrg"></label>
${['accept', 'decline', ...obstacles].map(button).join('\n')}</form>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
