import * as z from 'zod'
import { JobError } from '../../errors'
import { secureHostOf } from './allowed-hosts'
import { parseTemplate } from './pebble/pebble'

const SecureUrl = z
  .string()
  .refine(
    (url) => secureHostOf(url) !== null,
    'must be an https URL without user, fragment or special characters',
  )

const Template = z.strictObject({ templatingStrategy: z.enum(['PEBBLE_V1', 'NONE']), value: z.string() })
export type Template = z.infer<typeof Template>

const requestNames = ['authData', 'userContext']
const answerNames = [...requestNames, 'response']
const RequestTemplate = Template.superRefine(checkTemplate(requestNames))
const AnswerTemplate = Template.superRefine(checkTemplate(answerNames))

/** Parses a template when the job is defined, so that its errors appear before the first token request. */
function checkTemplate(names: readonly string[]) {
  return function check({ templatingStrategy, value }: Template, context: z.RefinementCtx): void {
    if (templatingStrategy === 'NONE') return
    try {
      parseTemplate(value, names)
    } catch (error) {
      if (!(error instanceof JobError)) throw error
      context.addIssue({ code: 'custom', path: ['value'], message: error.message.replace(/\.$/, '') })
    }
  }
}

const HeaderValue = z.union([
  Template,
  z.string().transform((value): Template => ({ templatingStrategy: 'PEBBLE_V1', value })),
])

/** Adobe's page shows no header; elsewhere in the SDK headers have the first of these formats. */
const Header = z
  .union([
    z.strictObject({ header: z.string().min(1), value: HeaderValue }),
    z
      .strictObject({ name: z.string().min(1), value: HeaderValue })
      .transform(({ name, value }) => ({ header: name, value })),
    z
      .string()
      .regex(/^[^\s:]+:/, 'must look like "Name: value"')
      .transform((line) => line.split(/:\s*(.*)/s))
      .transform(([header = '', value = '']) => ({ header, value: HeaderValue.parse(value) })),
  ])
  .superRefine(({ value }, context) => {
    checkTemplate(requestNames)(value, context)
  })

const AccessTokenRequest = z.strictObject({
  destinationServerType: z.literal('URL_BASED'),
  urlBasedDestination: z.strictObject({ url: RequestTemplate }),
  httpTemplate: z.strictObject({
    requestBody: RequestTemplate.optional(),
    httpMethod: z.enum(['GET', 'POST', 'PUT']),
    contentType: z.string().optional(),
    headers: z.array(Header).default([]),
  }),
  responseFields: z
    .array(Template.extend({ name: z.string().min(1) }).superRefine(checkTemplate(answerNames)))
    .default([]),
  validations: z
    .array(z.strictObject({ name: z.string(), actualValue: AnswerTemplate, expectedValue: AnswerTemplate }))
    .default([]),
})
export type AccessTokenRequest = z.infer<typeof AccessTokenRequest>

const typeNames = { string: 'string', boolean: 'boolean', integer: 'number' } as const

/** Other members matter only to Adobe's user interface and are ignored. */
const AuthenticationDataField = z
  .object({
    name: z.string().regex(/^[A-Za-z][\w-]*$/, 'must be a name'),
    type: z.enum(['string', 'boolean', 'integer']).optional(),
    isRequired: z.boolean().default(false),
    source: z.string().optional(),
    /** The name of `source` in earlier editions of Adobe's page. */
    fieldType: z.string().optional(),
    value: z.union([z.string(), z.boolean(), z.int()]).optional(),
    authenticationResponsePath: z.string().min(1).optional(),
  })
  .refine(
    ({ type, value }) => type === undefined || value === undefined || typeof value === typeNames[type],
    { path: ['value'], error: 'must be of the type that `type` names' },
  )
  .transform(({ source, fieldType, ...field }) => ({
    ...field,
    fromCustomer: (source ?? fieldType) === 'CUSTOMER',
  }))
export type AuthenticationDataField = z.infer<typeof AuthenticationDataField>

const Configuration = z
  .strictObject({
    authType: z.literal('OAUTH2'),
    grant: z.enum(['OAUTH2_AUTHORIZATION_CODE', 'OAUTH2_PASSWORD', 'OAUTH2_CLIENT_CREDENTIALS']),
    accessTokenUrl: SecureUrl.optional(),
    authorizationUrl: SecureUrl.optional(),
    refreshTokenUrl: SecureUrl.optional(),
    clientId: z.string().min(1).optional(),
    clientSecret: z.string().min(1).optional(),
    scope: z.array(z.string().min(1)).default([]),
    options: z
      .strictObject({
        /** Sends client id and secret in the Authorization header instead of the body. */
        useBasicAuth: z.boolean().default(false),
        /**
         * Not in the SDK: `raw` for servers that do not form-decode id and secret, as RFC 6749 §2.3.1 requires. The
         * two differ for characters such as `+`, `/`, `=` and `%`.
         */
        basicAuthEncoding: z.enum(['form', 'raw']).default('form'),
        /** Not in the SDK: false for servers that refuse the parameters of PKCE (RFC 7636). */
        pkce: z.boolean().default(true),
        /** Not in the SDK: the issuer that the redirect must name in `iss`. @see RFC 9207 */
        issuer: z.string().optional(),
      })
      .prefault({}),
    authenticationDataFields: z.array(AuthenticationDataField).default([]),
    accessTokenRequest: AccessTokenRequest.optional(),
  })
  .refine(({ accessTokenUrl, accessTokenRequest }) => accessTokenUrl ?? accessTokenRequest, {
    path: ['accessTokenUrl'],
    error: 'must be set where there is no accessTokenRequest',
  })
  .refine(({ grant, authorizationUrl }) => grant !== 'OAUTH2_AUTHORIZATION_CODE' || authorizationUrl, {
    path: ['authorizationUrl'],
    error: 'must be set for OAUTH2_AUTHORIZATION_CODE',
  })

/** One entry of Destination SDK's `customerAuthenticationConfigurations`. */
export type Configuration = z.infer<typeof Configuration>

/**
 * Names and values are case-sensitive.
 * @see Adobe Experience Platform, Destination SDK, OAuth 2 authorization
 * @throws JobError `input-invalid` naming the path of what is wrong
 */
export function parseConfiguration(name: string, value: unknown): Configuration {
  const parsed = Configuration.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the entry'}: ${message}`,
  )
  throw misconfigured(name, faults.join('; '))
}

export function misconfigured(name: string, what: string): JobError {
  return new JobError(
    'input-invalid',
    `The OAuth 2 configuration of ${name} is invalid. ${what}.`,
    'Correct the entry of customerAuthenticationConfigurations in the job file.',
  )
}
