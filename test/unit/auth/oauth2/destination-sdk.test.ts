import { destinationSdkOAuth2 } from '../../../../src/auth/oauth2/destination-sdk'
import { input, secret } from '../../../../src/inputs'
import { printed } from '../../../fixtures/destination-sdk/configurations'
import { errorOf } from '../../../fixtures/error-of'
import { everyHostIs, hurriedClock, sourceContext } from '../../../fixtures/source-context'
import { startTokenServer } from '../../../fixtures/token-server'
import type { DestinationSdkOAuth2 } from '../../../../src/auth/oauth2/destination-sdk'
import type { TokenServer } from '../../../fixtures/token-server'

let server: TokenServer
beforeEach(async () => {
  server = await startTokenServer()
})
afterEach(() => server.stop())

const inputs = {
  ID: 'canary-id&=',
  SECRET: 'canary-secret&=%+ ü',
  USER: 'ada@example.com',
  PASSWORD: 'canary-pass word',
  ACCOUNT: 'acme',
}
const client = { clientId: input('ID'), clientSecret: secret('SECRET') }
const person = { username: input('USER'), password: secret('PASSWORD') }

function open(definition: Omit<DestinationSdkOAuth2, 'name'>, changed: Partial<typeof inputs> = {}) {
  const clock = hurriedClock()
  const { http, asked } = everyHostIs(server.url)
  const context = sourceContext({ inputs: { ...inputs, ...changed }, http, clock })
  return { clock, asked, token: destinationSdkOAuth2({ name: 'movies', ...definition }).open(context) }
}

describe("Adobe's printed configurations", () => {
  it.each<[string, Omit<DestinationSdkOAuth2, 'name'>, string, object]>([
    [
      'for a password',
      { configuration: printed('password'), inputs: person },
      'https://api.moviestar.com/OAuth/access_token',
      {
        grant_type: 'password',
        username: inputs.USER,
        password: inputs.PASSWORD,
        scope: 'read write',
        client_id: 'Experience-Platform-client-id',
        client_secret: 'Experience-Platform-client-secret',
      },
    ],
    [
      'for client credentials that inputs override',
      { configuration: printed('client-credentials'), inputs: client },
      'https://api.moviestar.com/OAuth/access_token',
      {
        grant_type: 'client_credentials',
        scope: 'read write',
        client_id: inputs.ID,
        client_secret: inputs.SECRET,
      },
    ],
    [
      'for a special refresh token',
      { configuration: { ...printed('client-credentials'), ...printed('special-refresh-token') } },
      'https://api.moviestar.com/OAuth/refresh_token',
      {
        grant_type: 'refresh_token',
        refresh_token: 'special_refresh_token',
        client_id: 'Experience-Platform-client-id',
        client_secret: 'Experience-Platform-client-secret',
      },
    ],
    [
      'for a templated request with the client of the customer',
      {
        configuration: printed('customer-credentials'),
        inputs: { ...client, moviestarId: input('ACCOUNT') },
        allowedHosts: ['*.yourdestination.com'],
      },
      'https://acme.yourdestination.com/identity/oauth/token',
      { grant_type: 'client_credentials', client_id: inputs.ID, client_secret: inputs.SECRET },
    ],
    [
      'for a templated request with validations',
      {
        configuration: printed('templated-request'),
        inputs: { ...client, customerId: input('ACCOUNT') },
        allowedHosts: ['*.yourdestination.com'],
      },
      'https://acme.yourdestination.com/identity/oauth/token',
      { grant_type: 'client_credentials', client_id: inputs.ID, client_secret: inputs.SECRET },
    ],
  ])('get a token %s', async (_what, definition, url, form) => {
    const { token, asked } = open(definition)

    expect((await token()).value).toBe('canary-access-1')
    expect([asked, server.forms]).toEqual([[url], [form]])
  })

  it('supply the lifetime that an answer lacks', async () => {
    server.extra = { expires_in: undefined }
    const configuration = { ...printed('client-credentials'), ...printed('special-refresh-token') }
    const { token } = open({ configuration })

    const { expiresAt, mintedAt = 0 } = await token()

    expect(expiresAt - mintedAt).toBe(3_600_000)
  })
})

it('sends id and secret form-encoded in the header, not in the body, with useBasicAuth', async () => {
  const configuration = { ...printed('client-credentials'), options: { useBasicAuth: true } }
  await open({ configuration, inputs: client }).token()

  const [, encoded = ''] = server.requests[0]?.headers.authorization?.split(' ') ?? []
  expect(Buffer.from(encoded, 'base64').toString()).toBe('canary-id%26%3D:canary-secret%26%3D%25%2B+%C3%BC')
  expect(server.forms[0]).toEqual({ grant_type: 'client_credentials', scope: 'read write' })
})

it('sends id and secret unencoded in the header with basicAuthEncoding "raw"', async () => {
  const options = { useBasicAuth: true, basicAuthEncoding: 'raw' }
  const configuration = { ...printed('client-credentials'), options }
  await open({ configuration, inputs: client }).token()

  const [, encoded = ''] = server.requests[0]?.headers.authorization?.split(' ') ?? []
  expect(Buffer.from(encoded, 'base64').toString()).toBe('canary-id&=:canary-secret&=%+ ü')

  const withColon = open({ configuration, inputs: client }, { ID: 'canary:id' })
  expect(await errorOf(withColon.token())).toMatchObject({ code: 'input-invalid' })
})

const request = (change: object, http: object = {}) => ({
  destinationServerType: 'URL_BASED',
  urlBasedDestination: { url: { templatingStrategy: 'NONE', value: 'https://api.moviestar.com/token' } },
  httpTemplate: { httpMethod: 'POST', contentType: 'application/json', ...http },
  ...change,
})
const pebble = (value: string) => ({ templatingStrategy: 'PEBBLE_V1', value })
const clientCredentials = { authType: 'OAUTH2', grant: 'OAUTH2_CLIENT_CREDENTIALS' }

it('renders typed fields, captured fields, the answer and userContext in templates', async () => {
  server.extra = { tenant: { id: 7 }, nested: ['first', 'second'] }
  const { token, clock } = open(
    {
      configuration: {
        ...clientCredentials,
        authenticationDataFields: [
          { name: 'trial', type: 'boolean', isRequired: true, source: 'CUSTOMER' },
          { name: 'seats', type: 'integer', isRequired: false, fieldType: 'CUSTOMER' },
          { name: 'tenantId', authenticationResponsePath: 'tenant.id' },
          { name: 'second', authenticationResponsePath: 'nested.1' },
        ],
        accessTokenRequest: request(
          {
            responseFields: [
              { name: 'accessToken', ...pebble('{{ response.body.access_token }}') },
              { name: 'refreshToken', ...pebble('{{ response.body.refresh_token }}') },
              { name: 'expiresIn', ...pebble('600') },
              { name: 'kind', ...pebble("{{ response.headers['content-type'][0] }}") },
            ],
          },
          {
            headers: ['x-tenant: {{ authData.tenantId }}/{{ authData.second }}/{{ authData.kind }}'],
            requestBody: pebble(
              '{{ authData.trial }} {{ authData.seats }} {{ userContext.client }} ' +
                '{{ userContext.imsOrgId }} {{ authData.refreshToken }}',
            ),
          },
        ),
      },
      inputs: { trial: input('USER'), seats: input('ACCOUNT') },
      userContext: { imsOrgId: 'A@AdobeOrg' },
    },
    { USER: 'true', ACCOUNT: '41' },
  )

  await token()
  clock.pass(600_000)
  await token()

  expect(server.requests.map(({ body, headers }) => [body.toString(), headers['x-tenant']])).toEqual([
    ['true 41 analytics-ingest A@AdobeOrg ', '//'],
    ['true 41 analytics-ingest A@AdobeOrg canary-refresh-1', '7/second/application/json'],
  ])
})

it.each([
  ['trial', 'boolean', 'yes', /input USER is not true or false/],
  ['seats', 'integer', '1.5', /input USER is not an integer/],
  ['seats', 'string', '', /input USER is not set/],
])('refuses an input for the field %s of type %s with the value "%s"', async (name, type, value, message) => {
  const field = { name, type, isRequired: true, source: 'CUSTOMER' }
  const definition = {
    configuration: { ...printed('client-credentials'), authenticationDataFields: [field] },
    inputs: { [name]: input('USER') },
  }

  await expect(async () => open(definition, { USER: value }).token()).rejects.toThrow(message)
})

it('reads the standard fields of the answer without responseFields', async () => {
  const configuration = { ...clientCredentials, accessTokenRequest: request({}) }

  expect((await open({ configuration }).token()).value).toBe('canary-access-1')
})

it.each([
  ['the status', { name: 'no content', ...bothValues('{{ response.status }}', '204') }],
  ['emptiness', { name: 'empty', ...bothValues('{{ response.body.access_token is empty }}', 'true') }],
])(
  'refuses an answer whose validation of %s fails, and names the validation but no value',
  async (_what, validation) => {
    const configuration = { ...clientCredentials, accessTokenRequest: request({ validations: [validation] }) }

    const error = await errorOf(open({ configuration }).token())

    expect(error).toMatchObject({
      code: 'token-refused',
      message: expect.stringContaining(`the validation "${validation.name}" failed, HTTP 200`) as string,
    })
    expect(String(error)).not.toContain('canary')
  },
)

function bothValues(actual: string, expected: string) {
  return { actualValue: pebble(actual), expectedValue: { templatingStrategy: 'NONE', value: expected } }
}

describe('a templated request with a hostile value', () => {
  const attack = (template: string, account: string, allowedHosts = ['*.yourdestination.com']) =>
    open(
      {
        configuration: {
          ...clientCredentials,
          accessTokenRequest: request({ urlBasedDestination: { url: pebble(template) } }),
        },
        inputs: { ...client, moviestarId: input('ACCOUNT') },
        allowedHosts,
      },
      { ACCOUNT: account },
    )
  const template = 'https://{{ authData.moviestarId }}.yourdestination.com/identity'

  it.each([
    'evil.example/#',
    'evil.example/',
    'evil.example?',
    'evil.example\\',
    'evil.example:443/',
    'evil.example@evil.example/',
    'a@b',
    'user:pass@acme',
    'еvil',
    'evil。example/',
    'acme.yourdestination.com/evil?',
    'acme\r\nhost: evil.example',
    ' ',
    '{{ 7 }}',
    '127.0.0.1:80/',
  ])('is not sent to another host for the account %j', async (account) => {
    const { token, asked } = attack(template, account)

    const error = await errorOf(token())

    expect(error).toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('not lead to') as string,
    })
    expect(asked).toEqual([])
    expect(error.message).not.toContain('evil')
  })

  it('is sent to allowed hosts only when the value is a whole URL', async () => {
    const whole = '{{ authData.moviestarId }}/identity'

    const { token, asked } = attack(whole, 'https://acme.yourdestination.com')
    await token()

    expect(asked).toEqual(['https://acme.yourdestination.com/identity'])
    await expect(attack(whole, 'https://evil.example').token()).rejects.toMatchObject({
      code: 'input-invalid',
    })
    await expect(attack(whole, 'http://acme.yourdestination.com').token()).rejects.toMatchObject({
      code: 'input-invalid',
    })
  })

  it('is refused when the value injects a header', async () => {
    const headers = ['x-account: {{ authData.moviestarId }}']
    const configuration = { ...clientCredentials, accessTokenRequest: request({}, { headers }) }
    const definition = { configuration, inputs: { ...client, moviestarId: input('ACCOUNT') } }

    const error = await errorOf(open(definition, { ACCOUNT: 'canary\r\nx-evil: 1' }).token())

    expect(error).toMatchObject({
      code: 'input-invalid',
      message: expect.stringContaining('x-account') as string,
    })
    expect(error.message).not.toContain('canary')
  })

  it('is refused when the template looks up a member of the language', async () => {
    const { token, asked } = attack('https://{{ authData.constructor.name }}.yourdestination.com/', 'acme')

    await expect(token()).rejects.toThrow('may not look up "constructor"')
    expect(asked).toEqual([])
  })
})

it.each([
  ['returns the secret as its error', { error: inputs.SECRET }, 'token-refused', /an unknown code/],
  ['returns an error code', { error: 'invalid_client' }, 'token-refused', /invalid_client, HTTP 400/],
  ['returns no error', {}, 'token-unavailable', /without a token or an error code/],
])('does not quote a server that %s', async (_what, body, code, message) => {
  server.once({ kind: 'reply', reply: { status: 400, body: { ...body, error_description: inputs.SECRET } } })

  const error = await errorOf(open({ configuration: printed('client-credentials'), inputs: client }).token())

  expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string })
  expect(JSON.stringify([error, error.message, error.stack])).not.toContain('canary')
})
