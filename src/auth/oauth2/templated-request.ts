import { isAllowedHost, secureHostOf } from './allowed-hosts'
import { misconfigured } from './configuration'
import { renderTemplate } from './pebble/pebble'
import { readStandardAnswer, refusal, refusalOrOutage } from './token-answer'
import type { AuthorityAnswer } from '../authority'
import type { AuthData } from './auth-data'
import type { AccessTokenRequest, Template } from './configuration'
import type { TokenFields } from './grant'
import type { Value, ValueMap } from './pebble/value'
import type { Exchange } from './token-answer'
import type { TokenRequest } from './token-request'

/** The data of templates, besides `response`. */
export interface TemplateData {
  readonly authData: AuthData
  /** The requesting app: `sandboxName`, `sandboxId`, `imsOrgId`, `client`. */
  readonly userContext: ValueMap
}

/** @throws JobError `input-invalid` if a template is invalid, or renders a URL outside of the allowed hosts */
export function renderRequest(
  name: string,
  { urlBasedDestination, httpTemplate }: AccessTokenRequest,
  data: TemplateData,
  allowedHosts: readonly string[],
): TokenRequest {
  const { httpMethod, contentType, headers, requestBody } = httpTemplate
  return {
    method: httpMethod,
    url: renderUrl(name, urlBasedDestination.url, data, allowedHosts),
    headers: {
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...Object.fromEntries(
        headers.map(({ header, value }) => [header.toLowerCase(), renderHeader(name, header, value, data)]),
      ),
    },
    ...(requestBody && httpMethod !== 'GET' ? { body: render(requestBody, data) } : {}),
  }
}

/**
 * Checks the validations, then renders `responseFields`; without any, reads the standard fields.
 * @throws JobError `token-refused`, `token-unavailable`
 */
export function readTemplatedAnswer(
  exchange: Exchange,
  { responseFields, validations }: AccessTokenRequest,
  data: TemplateData,
  answer: AuthorityAnswer,
): TokenFields {
  const { status, headers } = answer
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  // The body is parsed JSON, or undefined.
  const response = { status, headers: lists, body: (answer.body ?? null) as Value }
  const failed = validations.find(
    ({ actualValue, expectedValue }) =>
      render(actualValue, data, response) !== render(expectedValue, data, response),
  )
  if (failed) throw refusal(exchange, answer, `the validation "${failed.name}" failed`)
  if (responseFields.length === 0) return readStandardAnswer(exchange, answer)
  const rendered = responseFields.map(({ name, ...template }) => [name, render(template, data, response)])
  const fields = Object.fromEntries(rendered.filter(([, value]) => value !== '')) as Partial<TokenFields>
  if (status >= 300 || !fields.accessToken) throw refusalOrOutage(exchange, answer)
  return { ...fields, accessToken: fields.accessToken }
}

function renderUrl(
  name: string,
  template: Template,
  data: TemplateData,
  allowedHosts: readonly string[],
): string {
  const url = render(template, data)
  const host = secureHostOf(url)
  if (host === null || !isAllowedHost(host, allowedHosts) || hostIsInjected(template, data, url)) {
    throw misconfigured(
      name,
      'accessTokenRequest.urlBasedDestination.url does not lead to a host that is allowed over https: ' +
        (allowedHosts.join(', ') || 'none is'),
    )
  }
  return url
}

/** Detects host injection: renders again with sanitised values; a different authority means a value injected a delimiter. */
function hostIsInjected(template: Template, data: TemplateData, url: string): boolean {
  if (!/^https?:\/\//i.test(template.value)) return false
  const sanitised = Object.entries(data.authData).map(([field, value]) => [
    field,
    typeof value === 'string' ? value.replace(/[^A-Za-z0-9.:-]/g, 'x') : value,
  ])
  const expected = render(template, { ...data, authData: Object.fromEntries(sanitised) as AuthData })
  return authorityOf(expected) !== authorityOf(url)
}

function authorityOf(url: string): string {
  return url.split('/', 3).join('/').split(/[?#]/)[0] ?? ''
}

function renderHeader(name: string, header: string, template: Template, data: TemplateData): string {
  const value = render(template, data)
  if (/^[\t\x20-\x7e]*$/.test(value)) return value
  throw misconfigured(
    name,
    `The header ${header} of accessTokenRequest contains characters that headers must not have`,
  )
}

function render({ templatingStrategy, value }: Template, data: TemplateData, response?: Value): string {
  if (templatingStrategy === 'NONE') return value
  return renderTemplate(value, response === undefined ? { ...data } : { ...data, response })
}
