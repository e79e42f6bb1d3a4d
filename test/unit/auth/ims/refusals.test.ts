import { startIms } from '../../../../emulators/ims/ims'
import { fromEnterpriseWebApp } from '../../../../src/auth/ims/from-enterprise-web-app'
import { imsChain } from '../../../../src/auth/ims/ims-chain'
import { systemClock } from '../../../../src/clock'
import { silentLog } from '../../../../src/log'
import { errorOf } from '../../../fixtures/error-of'
import { generateKeyPairSync } from 'node:crypto'
import { loopbackHttp } from '../../../fixtures/loopback-http'
import type { ImsEmulator } from '../../../../emulators/ims/ims'
import type { ImsCredentials } from '../../../../src/auth/ims/credentials'

const orgId = '8C6767C25245AD1A0A490D4C@AdobeOrg'
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const serverToServer = { clientId: 'client', clientSecrets: ['canary-secret'], orgId, scopes: ['openid'] }
const enterpriseWebApp = { clientId: 'partner', clientSecret: 'canary-secret', scopes: ['openid'] }
const jwt = {
  clientId: 'client',
  clientSecret: 'canary-secret',
  technicalAccountId: 'ABC@techacct.adobe.com',
  orgId,
  metascopes: ['ent_analytics_bulk_ingest_sdk'],
  privateKey,
}
const none = { missing: ['it'] }

let ims: ImsEmulator
beforeEach(async () => {
  ims = await startIms()
})
afterEach(() => ims.stop())

const context = () => ({
  baseUrl: ims.url,
  http: loopbackHttp,
  clock: systemClock,
  random: () => 0,
})
const mint = (credentials: Partial<ImsCredentials>) =>
  imsChain({ serverToServer: none, enterpriseWebApp: none, jwt: none, ...credentials }, context(), {
    log: silentLog,
  })()
const answers = (status: number, error: string) =>
  ims.once({
    kind: 'reply',
    reply: { status, headers: { 'x-debug-id': 'debug-7' }, body: { error, error_description: 'why' } },
  })
const asked = () => ims.requests.map(({ url }) => url)

describe('the remedy for a refused JWT', () => {
  it.each([
    [400, 'invalid_client', 'JWT_CLIENT_ID'],
    [401, 'invalid_client', 'JWT_CLIENT_SECRET'],
    [400, 'invalid_token', 'clock'],
    [400, 'invalid_signature', 'JWT_PRIVATE_KEY'],
    [400, 'invalid_jti', 'jti'],
    [400, 'invalid_scope', 'JWT_METASCOPES'],
    [400, 'bad_request', 'JWT_TECHNICAL_ACCOUNT_ID'],
  ])('follows from status %i and error %s', async (status, imsError, hint) => {
    answers(status, imsError)

    const error = await errorOf(mint({ jwt }))

    expect(error).toMatchObject({
      code: 'token-refused',
      details: { imsError, status, debugId: 'debug-7' },
    })
    expect(error.remedy).toContain(hint)
  })
})

describe('the remedy for refused client credentials', () => {
  it.each([
    [400, 'invalid_client', 'client secret'],
    [401, 'invalid_client', 'client secret'],
    [400, 'invalid_scope', 'scopes'],
    [400, 'unsupported_grant_type', 'IMS_BASE_URL'],
    [400, 'something_new', 'npm run doctor'],
  ])('follows from status %i and error %s', async (status, imsError, hint) => {
    answers(status, imsError)

    const error = await errorOf(mint({ serverToServer }))

    expect(error).toMatchObject({ code: 'token-refused', details: { imsError } })
    expect(error.remedy).toContain(hint)
  })
})

describe('the chain', () => {
  it('lists the missing inputs of every provider if none is configured', async () => {
    const error = await errorOf(mint({}))

    expect(error).toMatchObject({ code: 'token-not-configured' })
    for (const link of ['OAuth Server-to-Server', 'Enterprise Web App', 'Service Account (JWT)']) {
      expect(error.message).toContain(link)
    }
  })

  it('continues with JWT if the earlier kind of credential no longer exists', async () => {
    answers(400, 'unauthorized_client')
    ims.once({
      kind: 'reply',
      reply: { status: 200, body: { access_token: 'a.b.c', expires_in: 86_399_999 } },
    })

    const token = await mint({ serverToServer, jwt })

    expect(asked()).toEqual(['/ims/token/v3', '/ims/exchange/jwt'])
    expect(token.expiresAt - Date.now()).toBeLessThan(25 * 3_600_000)
  })

  it.each([
    ['a refusal', { kind: 'reply', reply: { status: 400, body: { error: 'invalid_scope' } } }],
    ['a 429', { kind: 'reply', reply: { status: 429, headers: { 'retry-after': '60' } } }],
    ['a 500', { kind: 'reply', reply: { status: 500 } }],
    ['a cut connection', { kind: 'cut-before' }],
  ] as const)('never tries JWT after %s', async (_what, fault) => {
    for (let count = 0; count < 3; count += 1) ims.once(fault)

    await errorOf(mint({ serverToServer, jwt }))

    expect(asked()).not.toContain('/ims/exchange/jwt')
  })

  it('does not use a credential for another organisation', async () => {
    const tenantOrgId = 'AAAABBBBCCCCDDDD0A495C14@AdobeOrg'
    ims.register({
      ...enterpriseWebApp,
      secrets: ['canary-secret'],
      orgId,
      technicalAccountId: '',
      redirectUris: ['x'],
    })
    ims.consents.set('partner', new Set([tenantOrgId]))

    const chain = imsChain({ serverToServer, enterpriseWebApp, jwt }, context(), {
      log: silentLog,
      tenantOrgId,
    })
    const token = await chain()

    expect(token).toMatchObject({ clientId: 'partner' })
    expect(token.expiresAt - Date.now()).toBeLessThan(3_700_000)
  })
})

describe('a customer organisation', () => {
  const ofCustomer = () => errorOf(fromEnterpriseWebApp(enterpriseWebApp, 'X@AdobeOrg', context())())

  it.each(['unauthorized_client', 'invalid_grant', 'access_denied'])(
    'counts as having withdrawn its consent after the error %s, without a second request',
    async (error) => {
      answers(400, error)

      expect(await ofCustomer()).toMatchObject({
        code: 'token-refused',
        refusal: { meaning: 'withdrawn', serverCode: error },
      })
      expect(asked()).toHaveLength(1)
    },
  )

  it.each([
    ['a firewall with JSON', 403, { error: 'forbidden', error_description: 'request blocked' }],
    ['an undocumented code', 400, { error: 'invalid_org' }],
    ['invalid_client', 400, { error: 'invalid_client' }],
  ])('stays linked after a refusal by %s', async (_what, status, body) => {
    ims.once({ kind: 'reply', reply: { status, body } })

    expect(await ofCustomer()).toMatchObject({ code: 'token-refused', refusal: { meaning: 'other' } })
  })

  it.each([
    [
      'a redirect with JSON',
      { status: 302, headers: { location: '/login' }, body: { error: 'access_denied' } },
    ],
    ['status 200 and an error', { status: 200, body: { error: 'invalid_grant' } }],
    ['server_error', { status: 400, body: { error: 'server_error' } }],
    ['temporarily_unavailable', { status: 400, body: { error: 'temporarily_unavailable' } }],
    ['a firewall with a page', { status: 403, body: '<html>blocked</html>' }],
  ])('stays linked during an outage: %s', async (_what, reply) => {
    ims.once({ kind: 'reply', reply })

    expect(await ofCustomer()).toMatchObject({ code: 'token-unavailable' })
  })
})

describe('the text of a refusal', () => {
  const echo = (text: string) =>
    ims.once({
      kind: 'reply',
      reply: { status: 400, body: { error: 'invalid_client', error_description: text } },
    })

  it.each([
    ['unencoded', 'canary-secret'],
    ['in base64', Buffer.from('client:canary-secret').toString('base64')],
    ['in hex', Buffer.from('canary-secret').toString('hex')],
    ['in percent escapes', 'canary%2dsecret'],
    ['in HTML', 'canary&#45;secret'],
  ])('does not contain the secret of the request, %s', async (_form, text) => {
    echo(`invalid client_secret parameter ${text}`)

    const { message, remedy, stack, details } = await errorOf(mint({ serverToServer }))

    expect(message).toContain('invalid client_secret parameter')
    expect(JSON.stringify([message, remedy, stack, details])).not.toContain(text)
    expect(JSON.stringify([message, remedy, stack, details])).not.toContain('canary')
  })

  it('is truncated to a short prefix', async () => {
    echo('because '.repeat(1_000))

    expect((await errorOf(mint({ serverToServer }))).message.length).toBeLessThan(350)
  })

  it('is replaced if it does not look like a code', async () => {
    ims.once({ kind: 'reply', reply: { status: 400, body: { error: 'canary-secret <b>' } } })

    expect((await errorOf(mint({ serverToServer }))).message).toContain(
      'refused the credential: an unknown code',
    )
  })
})
