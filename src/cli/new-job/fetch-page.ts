import { JobError } from '../../errors'
import { inputsFrom } from '../../inputs'
import { openAuthentication } from '../../sources/authentication/open-authentication'
import { pageRequest } from '../../sources/rest/page-request'
import { pageTooLarge, refused } from '../../sources/rest/read-page'
import { valuesOf } from '../../sources/rest/read-values'
import { pageSender } from '../../sources/rest/send-page'
import { parseLargeJson } from '../../http/json'
import { readBaseUrl } from '../../sources/rest/base-url'
import type { RestSource } from '../../sources/rest/rest-options'
import type { ReadRequest, SourceContext } from '../../sources/source'

/** The parts of an API's address. */
export interface ApiAddress {
  /** Scheme and host: the value of the input for the base URL. */
  readonly base: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
}

/** The answer to one request, before its records are looked for. */
export interface FetchedPage {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

const credentialName = /key|token|secret|passw|pwd|signature|^sig$|^auth/i

/**
 * @param base of the practice shop, where the URL is a path of it
 * @throws JobError `params-invalid` for a URL that is none, has credentials, or repeats a parameter
 */
export function readAddress(text: string, base?: string): ApiAddress {
  const url = URL.canParse(text, base) ? new URL(text, base) : null
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw wrong(`"${text}" is no URL.`, 'Such as --url https://api.example.com/v1/orders?status=paid.')
  }
  if (url.username !== '' || url.password !== '') {
    throw wrong(
      'The URL has a user name or password.',
      'Use --auth basic: both then come from the environment.',
    )
  }
  const names = [...url.searchParams.keys()]
  const credential = names.find((name) => credentialName.test(name) && !/page|next|cursor/i.test(name))
  if (credential !== undefined) {
    throw wrong(
      `The parameter "${credential}" of the URL looks like a credential, which must not stand in a file.`,
      'Use --auth, which takes credentials from the environment.',
    )
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw wrong(`The URL has the parameter "${twice}" twice.`, 'Leave one out, and write the source by hand.')
  }
  return { base: url.origin, path: url.pathname, query: Object.fromEntries(url.searchParams) }
}

/**
 * Sends the request of a job's first page, with the job's own limits, retries and TLS rules.
 * @throws JobError `input-missing`, `source-unreachable`, `source-refused`, `source-malformed`
 */
export async function fetchPage(
  definition: RestSource,
  context: SourceContext,
  request: ReadRequest,
): Promise<FetchedPage> {
  const url = readBaseUrl(definition.baseUrl, context.inputs) + definition.path
  const signer = openAuthentication(definition.authentication, context)
  const send = pageSender(definition, context, { url, signer, rules: [] })
  const values = valuesOf(definition, request)
  const asked = pageRequest(definition, url, values, { kind: 'values', values: [] })
  const outcome = await send(asked, request.signal)
  if (outcome.kind === 'too-large') throw pageTooLarge(url, outcome.reason, definition)
  if (outcome.kind !== 'answer') {
    throw refused(url, definition.baseUrl.name, outcome.response, context.clock.now())
  }
  const { headers, body } = outcome.response
  const parsed = parseLargeJson(body)
  if (parsed.kind === 'too-large') throw pageTooLarge(url, parsed.reason, definition)
  if (parsed.kind !== 'json') {
    throw new JobError(
      'source-malformed',
      `The answer of ${url} ${parsed.reason}.`,
      'new-job reads JSON. For other formats, write the job by hand: docs/jobs.md, decoders.',
    )
  }
  return { url: asked.url, headers, body: parsed.value }
}

/** The inputs of the new job, from the environment by their names; the base URL from `--url`. */
export function inputsOfPage(
  env: Readonly<Record<string, string | undefined>>,
  baseUrl: { readonly name: string; readonly value: string },
  learn: (secret: string) => void,
) {
  const inputs = inputsFrom({ ...env, [baseUrl.name]: baseUrl.value }, learn)
  return (reference: Parameters<typeof inputs>[0]) => {
    if ((env[reference.name] ?? '') === '' && reference.name !== baseUrl.name) throw unset(reference.name)
    return inputs(reference)
  }
}

function unset(name: string): JobError {
  return new JobError(
    'input-missing',
    `${name} is not set, which the requests need.`,
    `Set it in .env or in the environment, such as ${name}=… npm run job -- new-job … Its value is written nowhere.`,
    { details: { input: name } },
  )
}

function wrong(message: string, remedy: string): JobError {
  return new JobError('params-invalid', message, remedy)
}
