import { parseConfiguration } from '../../../../src/auth/oauth2/configuration'
import { destinationSdkOAuth2 } from '../../../../src/auth/oauth2/destination-sdk'
import { JobError } from '../../../../src/errors'
import { input, secret } from '../../../../src/inputs'
import { printed } from '../../../fixtures/destination-sdk/configurations'
import { sourceContext } from '../../../fixtures/source-context'
import type { DestinationSdkOAuth2 } from '../../../../src/auth/oauth2/destination-sdk'

const standard = printed('client-credentials')
const templated = printed('customer-credentials')

const withRequest = (change: object) => ({
  ...templated,
  accessTokenRequest: { ...(templated.accessTokenRequest as object), ...change },
})
const pebble = (value: string) => ({ templatingStrategy: 'PEBBLE_V1', value })
const withHttp = (change: object) =>
  withRequest({ httpTemplate: { httpMethod: 'POST', contentType: 'text/plain', ...change } })

it.each([
  ['a grant in lower case', { ...standard, grant: 'oauth2_password' }, /grant: /],
  ['a member in lower case', { ...standard, accesstokenurl: 'x' }, /"accesstokenurl"/],
  ['another kind of authentication', { ...standard, authType: 'BEARER' }, /authType: /],
  [
    'a token URL without TLS',
    { ...standard, accessTokenUrl: 'http://api.moviestar.com/t' },
    /accessTokenUrl: .*https/,
  ],
  ['a token URL with a user', { ...standard, accessTokenUrl: 'https://a@b.example/t' }, /accessTokenUrl: /],
  ['no token URL', { ...standard, accessTokenUrl: undefined }, /accessTokenUrl: must be set/],
  [
    'no authorization URL',
    { ...printed('authorization-code'), authorizationUrl: undefined },
    /authorizationUrl: must/,
  ],
  ['a scope as text', { ...standard, scope: 'read' }, /scope: /],
  [
    'a field without a name',
    { ...standard, authenticationDataFields: [{ value: 1 }] },
    /authenticationDataFields\.0\.name/,
  ],
  [
    'a value of another type',
    { ...standard, authenticationDataFields: [{ name: 'expiresIn', type: 'integer', value: '1' }] },
    /authenticationDataFields\.0\.value/,
  ],
  [
    'an unknown template strategy',
    withRequest({ urlBasedDestination: { url: { templatingStrategy: 'PEBBLE', value: '' } } }),
    /accessTokenRequest\.urlBasedDestination\.url\.templatingStrategy/,
  ],
  [
    'a template that is not supported',
    withRequest({ urlBasedDestination: { url: pebble('https://{{ authData.a ~ "b" }}.example.com') } }),
    /accessTokenRequest\.urlBasedDestination\.url\.value: .* lacks "}}" at character 23/,
  ],
  [
    'a request body that uses the answer',
    withHttp({ requestBody: pebble('{{ response.body }}') }),
    /httpTemplate\.requestBody\.value: .* other than authData, userContext/,
  ],
  [
    'a response field with a misspelt path',
    withRequest({ responseFields: [{ name: 'accessToken', ...pebble('{{ respnse.body }}') }] }),
    /responseFields\.0\.value: .* other than authData, userContext, response/,
  ],
  [
    'a validation with a tag',
    withRequest({ validations: [{ name: 'v', actualValue: pebble('{% if %}'), expectedValue: pebble('') }] }),
    /validations\.0\.actualValue\.value: .* contains "{%"/,
  ],
  ['an unknown method', withHttp({ httpMethod: 'post' }), /httpTemplate\.httpMethod/],
  ['a header without a colon', withHttp({ headers: ['none'] }), /httpTemplate\.headers\.0/],
  [
    'a header template with a tag',
    withHttp({ headers: ['x: {# #}'] }),
    /headers\.0\.value: .* contains "{#"/,
  ],
])('refuses %s and names its path', (_what, configuration, message) => {
  const parse = () => parseConfiguration('movies', configuration)

  expect(parse).toThrow(JobError)
  expect(parse).toThrow(message)
})

it('accepts headers in each format that the SDK uses', () => {
  const value = { templatingStrategy: 'PEBBLE_V1', value: 'text/plain; a:b' }
  const headers = [
    { header: 'accept', value: 'text/plain; a:b' },
    { name: 'accept', value },
    'accept: text/plain; a:b',
  ]

  const parsed = parseConfiguration('movies', withHttp({ headers }))

  expect(parsed.accessTokenRequest?.httpTemplate.headers).toEqual(
    headers.map(() => ({ header: 'accept', value })),
  )
})

const customer = { clientId: input('ID'), clientSecret: secret('SECRET'), moviestarId: input('ACCOUNT') }

it.each<[string, Partial<DestinationSdkOAuth2>, RegExp]>([
  ['a name that is not a folder name', { name: '../x' }, /name/],
  [
    'a required input without a reference',
    { inputs: { clientId: input('ID') } },
    /clientSecret, moviestarId/,
  ],
  ['no allowed host for a templated URL', {}, /allowedHosts must list/],
  ['an allowed host that is a URL', { allowedHosts: ['https://a.example'] }, /is not a host/],
  ['an allowed host that covers a top-level domain', { allowedHosts: ['*.example'] }, /is not a host/],
  ['no input for username and password', { configuration: printed('password') }, /username, password/],
  ['no input for a client id', { configuration: printed('capture-from-response'), inputs: {} }, /clientId/],
])('lists a definition with %s among its faults and does not open it', (_what, change, message) => {
  const definition = { name: 'movies', configuration: templated, inputs: customer, ...change }

  const { faults, open } = destinationSdkOAuth2(definition)

  expect(faults).toEqual([expect.stringMatching(message)])
  expect(() => open(sourceContext({ inputs: {} }))).toThrow(faults[0])
})

it('lists its inputs, and offers a consent only for the authorization code grant', () => {
  const byCustomer = destinationSdkOAuth2({
    name: 'movies',
    configuration: templated,
    inputs: customer,
    allowedHosts: ['*.yourdestination.com'],
  })
  const byPerson = destinationSdkOAuth2({ name: 'movies', configuration: printed('authorization-code') })

  expect(byCustomer.inputs).toEqual(Object.values(customer))
  expect(byCustomer.faults).toEqual([])
  expect([typeof byCustomer.consent, typeof byPerson.consent]).toEqual(['undefined', 'function'])
})
