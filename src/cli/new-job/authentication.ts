import { clientCredentials } from '../../auth/oauth2'
import { JobError } from '../../errors'
import { input, secret } from '../../inputs'
import { apiKey } from '../../sources/authentication/api-key'
import { basic } from '../../sources/authentication/basic'
import { bearer } from '../../sources/authentication/bearer'
import { quoted } from './schema-text'
import type { SourceAuthentication } from '../../sources/authentication/open-authentication'
import type { Wishes } from './wishes'

/** An input of the new job: its line in the manifest and in `.env.example`. */
export interface JobInput {
  readonly kind: 'input' | 'secret'
  readonly name: string
  /** The comment in `.env.example`; null where the name says it. */
  readonly note: string | null
}

/** How the requests authenticate: for the page that is fetched now, and as source text of the job. */
export interface AuthenticationPlan {
  readonly definition: SourceAuthentication | undefined
  /** Null where requests carry no credential. */
  readonly text: string | null
  readonly imports: readonly string[]
  readonly inputs: readonly JobInput[]
}

export const authenticationKinds = ['none', 'api-key', 'bearer', 'basic', 'oauth2'] as const

/** @throws JobError `params-invalid` for a kind that is not known */
export function planAuthentication(prefix: string, baseUrl: string, wishes: Wishes): AuthenticationPlan {
  const kind = authenticationKinds.find((known) => known === (wishes.auth ?? 'none'))
  const api = `${prefix}_API`
  switch (kind) {
    case 'none':
      return { definition: undefined, text: null, imports: [], inputs: [] }
    case 'api-key': {
      const { 'api-key-header': header = 'x-api-key' } = wishes
      return {
        definition: apiKey({ header, value: secret(`${api}_KEY`) }),
        text: `apiKey({ header: ${quoted(header)}, value: secret('${api}_KEY') })`,
        imports: ['apiKey', 'secret'],
        inputs: [secretInput(`${api}_KEY`)],
      }
    }
    case 'bearer':
      return {
        definition: bearer({ token: secret(`${api}_TOKEN`) }),
        text: `bearer({ token: secret('${api}_TOKEN') })`,
        imports: ['bearer', 'secret'],
        inputs: [secretInput(`${api}_TOKEN`)],
      }
    case 'basic':
      return {
        definition: basic({ username: input(`${api}_USER`), password: secret(`${api}_PASSWORD`) }),
        text: `basic({ username: input('${api}_USER'), password: secret('${api}_PASSWORD') })`,
        imports: ['basic', 'secret'],
        inputs: [{ kind: 'input', name: `${api}_USER`, note: null }, secretInput(`${api}_PASSWORD`)],
      }
    case 'oauth2':
      return withClientCredentials(api, baseUrl, wishes)
    default:
      throw new JobError(
        'params-invalid',
        `There is no authentication "${wishes.auth ?? ''}" here.`,
        `--auth is one of ${authenticationKinds.join(', ')}. docs/authentication.md has others, to be written by hand.`,
      )
  }
}

function secretInput(name: string): JobInput {
  return { kind: 'secret', name, note: null }
}

function withClientCredentials(api: string, baseUrl: string, wishes: Wishes): AuthenticationPlan {
  const { 'token-path': path } = wishes
  if (path?.startsWith('/') !== true) {
    throw new JobError(
      'params-invalid',
      'The address of the token is not known.',
      'Give its path at the same server: --token-path /oauth/token. One on another host is written by hand: docs/authentication.md.',
    )
  }
  const [id, key] = [`${api}_CLIENT_ID`, `${api}_CLIENT_SECRET`]
  return {
    definition: clientCredentials({
      tokenUrl: { base: input(baseUrl), path },
      clientId: input(id),
      clientSecret: secret(key),
    }),
    text: [
      'clientCredentials({',
      `tokenUrl: { base: input('${baseUrl}'), path: ${quoted(path)} },`,
      `clientId: input('${id}'),`,
      `clientSecret: secret('${key}'),`,
      '})',
    ].join('\n'),
    imports: ['clientCredentials', 'secret'],
    inputs: [{ kind: 'input', name: id, note: null }, secretInput(key)],
  }
}
