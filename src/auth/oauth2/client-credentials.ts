import * as z from 'zod'
import { JobError } from '../../errors'
import { TransportError } from '../../http/http-client'
import { isPassing, withRetries } from '../../http/retry-policy'
import { memoize } from '../memoize'
import type { HttpResponse } from '../../http/http-client'
import type { InputReference } from '../../inputs'
import type { SourceAuthentication, SourceContext } from '../../sources/source'
import type { AccessToken } from '../token-provider'

export interface ClientCredentials {
  readonly tokenUrl: { readonly base: InputReference; readonly path: string }
  readonly clientId: InputReference
  readonly clientSecret: InputReference
  readonly scope?: readonly string[]
}

const tryMs = 5_000
const budgetMs = 15_000
/** RFC 6749 recommends `expires_in` but allows to leave it out. */
const assumedLifeSeconds = 300

const Granted = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional(),
})
const Refused = z.object({ error: z.string() })

/** The OAuth 2 client credentials grant. @see RFC 6749 §4.4 */
export function clientCredentials(definition: ClientCredentials): SourceAuthentication {
  const { tokenUrl, clientId, clientSecret, scope } = definition
  return {
    inputs: [tokenUrl.base, clientId, clientSecret],
    open: (context) => memoize(() => mint(context), context.clock),
  }

  async function mint({ http, inputs, clock, random }: SourceContext): Promise<AccessToken> {
    const url = inputs(tokenUrl.base) + tokenUrl.path
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: inputs(clientId),
      client_secret: inputs(clientSecret),
    })
    if (scope) form.set('scope', scope.join(' '))
    const send = withRetries(http, { clock, random, tries: 3, budgetMs })
    try {
      const response = await send({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: form.toString(),
        timeoutMs: tryMs,
      })
      return interpret(url, response, inputs(clientId), clock.now())
    } catch (error) {
      if (error instanceof TransportError) throw unavailable(url, error.message)
      throw error
    }
  }
}

function interpret(url: string, response: HttpResponse, clientId: string, now: number): AccessToken {
  const body = parseJson(response.body)
  const granted = Granted.safeParse(body)
  if (response.status === 200 && granted.success) {
    const { access_token: value, expires_in: seconds = assumedLifeSeconds } = granted.data
    return { value, expiresAt: now + seconds * 1000, clientId }
  }
  const refused = Refused.safeParse(body)
  if (isPassing(response) || !refused.success)
    throw unavailable(url, `HTTP ${response.status} instead of a token`)
  throw new JobError(
    'token-refused',
    `${url} refused the client credentials: ${refused.data.error}, HTTP ${response.status}.`,
    'Check the client id and secret of the source in .env and deploy again.',
    { details: { status: response.status, oauthError: refused.data.error } },
  )
}

function unavailable(url: string, message: string): JobError {
  return new JobError(
    'token-unavailable',
    `${url} gave no token: ${message}.`,
    'Nothing is lost: the next tick tries again. If it stays, check the base URL of the source.',
  )
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
