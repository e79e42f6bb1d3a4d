import { JobError } from '../../errors'
import { formType } from '../authority'
import { textOf } from './auth-data'
import type { AuthorityRequest } from '../authority'
import type { AuthData } from './auth-data'
import type { Configuration } from './configuration'

/** The kind of token request, with the values that it needs. */
export type Purpose =
  | { readonly kind: 'grant' }
  | { readonly kind: 'refresh'; readonly refreshToken: string }
  | {
      readonly kind: 'code'
      readonly code: string
      readonly redirectUri: string
      readonly codeVerifier: string
    }

export type TokenRequest = Pick<AuthorityRequest, 'method' | 'url' | 'headers' | 'body'>
export type Form = Readonly<Record<string, string>>

/** The form of RFC 6749 for a purpose: §4.1.3, §4.3.2, §4.4.2, §6, and RFC 7636 §4.5. */
export function standardForm(
  { grant, scope, options }: Configuration,
  authData: AuthData,
  purpose: Purpose,
): Form {
  const scopes: Form = scope.length > 0 ? { scope: scope.join(' ') } : {}
  const { kind } = purpose
  if (kind === 'refresh') return { grant_type: 'refresh_token', refresh_token: purpose.refreshToken }
  if (kind === 'code') {
    return {
      grant_type: 'authorization_code',
      code: purpose.code,
      redirect_uri: purpose.redirectUri,
      ...(options.pkce ? { code_verifier: purpose.codeVerifier } : {}),
    }
  }
  if (grant === 'OAUTH2_CLIENT_CREDENTIALS') return { grant_type: 'client_credentials', ...scopes }
  const person = {
    username: textOf(authData, 'username') ?? '',
    password: textOf(authData, 'password') ?? '',
  }
  return { grant_type: 'password', ...person, ...scopes }
}

/** The client's credentials. */
export interface Client {
  readonly id: string
  /** Absent for a public client. */
  readonly secret: string | undefined
  /** Encoding of both in the Authorization header; null sends them in the body. */
  readonly basicAuth: 'form' | 'raw' | null
}

/**
 * A form request with the client's credentials in the body or in the header.
 * @see RFC 6749 §2.3.1, RFC 7617 §2
 * @throws JobError `input-invalid` for a client id with a colon in a raw header
 */
export function standardRequest(url: string, form: Form, { id, secret, basicAuth }: Client): TokenRequest {
  if (basicAuth !== null && secret !== undefined) {
    const headers = { ...formType, authorization: basicCredentials(id, secret, basicAuth) }
    return { method: 'POST', url, headers, body: new URLSearchParams(form).toString() }
  }
  const client = { client_id: id, ...(secret === undefined ? {} : { client_secret: secret }) }
  const body = new URLSearchParams({ ...form, ...client }).toString()
  return { method: 'POST', url, headers: formType, body }
}

function basicCredentials(id: string, secret: string, encoding: 'form' | 'raw'): string {
  if (encoding === 'raw' && id.includes(':')) {
    throw new JobError(
      'input-invalid',
      'The client id contains a colon, which raw HTTP Basic cannot transmit.',
      'Leave options.basicAuthEncoding at "form", or set options.useBasicAuth to false.',
    )
  }
  const pair = encoding === 'raw' ? `${id}:${secret}` : `${formEncoded(id)}:${formEncoded(secret)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}
