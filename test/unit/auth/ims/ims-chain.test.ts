import { generateKeyPairSync } from 'node:crypto'
import { startIms } from '../../../../emulators/ims/ims'
import { readCredentials } from '../../../../src/app-builder/params/credential-params'
import { imsChain } from '../../../../src/auth/ims/ims-chain'
import { systemClock } from '../../../../src/clock'
import { silentLog } from '../../../../src/log'
import { loopbackHttp as http } from '../../../fixtures/loopback-http'
import type { ImsEmulator } from '../../../../emulators/ims/ims'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const orgId = '8C6767C25245AD1A0A490D4C@AdobeOrg'

let ims: ImsEmulator
beforeEach(async () => {
  ims = await startIms()
  ims.register({
    clientId: 'client',
    secrets: ['canary-secret'],
    orgId,
    scopes: ['openid', 'AdobeID'],
    technicalAccountId: 'ABC@techacct.adobe.com',
    publicKey,
    metascopes: ['ent_analytics_bulk_ingest_sdk'],
  })
})
afterEach(() => ims.stop())

const s2s = {
  IMS_OAUTH_S2S_CLIENT_ID: 'client',
  IMS_OAUTH_S2S_CLIENT_SECRET: 'canary-secret',
  IMS_OAUTH_S2S_ORG_ID: orgId,
  IMS_OAUTH_S2S_SCOPES: 'openid,AdobeID',
}
const jwt = {
  JWT_CLIENT_ID: 'client',
  JWT_CLIENT_SECRET: 'canary-secret',
  JWT_TECHNICAL_ACCOUNT_ID: 'ABC@techacct.adobe.com',
  JWT_IMS_ORG: orgId,
  JWT_METASCOPES: 'ent_analytics_bulk_ingest_sdk',
  JWT_PRIVATE_KEY: Buffer.from(privateKey).toString('base64'),
}

function token(params: Record<string, unknown>, log = silentLog) {
  const context = { baseUrl: ims.url, http, clock: systemClock, random: () => 0 }
  return imsChain(readCredentials(params), context, { log })()
}

const rejection = (params: Record<string, unknown>) =>
  token(params).then(
    () => null,
    (error: unknown) => error,
  )

it.each([
  ['a comma list', 'openid,AdobeID'],
  ['a list with blanks', 'openid AdobeID'],
  ['a JSON array', '["openid","AdobeID"]'],
  ['an array', ['openid', 'AdobeID']],
])('requests a token with scopes as %s', async (_form, scopes) => {
  const minted = await token({ ...s2s, IMS_OAUTH_S2S_SCOPES: scopes })

  expect(ims.verify(minted.value)).toMatchObject({ client_id: 'client', scope: 'openid,AdobeID' })
  expect(minted.clientId).toBe('client')
  expect(minted.expiresAt - Date.now()).toBeGreaterThan(23 * 3_600_000)
})

it('prefers the credential of the annotation include-ims-credentials to the inputs', async () => {
  const annotated = { client_id: 'client', client_secret: 'canary-secret', org_id: orgId, scopes: ['openid'] }

  const minted = await token({ ...s2s, IMS_OAUTH_S2S_CLIENT_ID: 'other', __ims_oauth_s2s: annotated })

  expect(minted.clientId).toBe('client')
})

it('tries the second secret during a rotation', async () => {
  const minted = await token({ ...s2s, IMS_OAUTH_S2S_CLIENT_SECRET: '["canary-retired","canary-secret"]' })

  expect(ims.verify(minted.value)).not.toBeNull()
})

it('retries after a 503, and sends urlencoded forms', async () => {
  ims.once({ kind: 'reply', reply: { status: 503, body: '<html>' } })

  await token(s2s)

  expect(ims.requests).toHaveLength(2)
  expect(ims.requests[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded')
})

it.each([
  ['a wrong secret', { IMS_OAUTH_S2S_CLIENT_SECRET: 'canary-wrong' }, 'invalid_client'],
  ['an unknown client', { IMS_OAUTH_S2S_CLIENT_ID: 'nobody' }, 'invalid_client'],
  ['a scope that is not assigned', { IMS_OAUTH_S2S_SCOPES: 'openid,offline_access' }, 'invalid_scope'],
])('reports %s with a remedy and without the secret', async (_what, change, imsError) => {
  const error = await rejection({ ...s2s, ...change })

  expect(error).toMatchObject({
    code: 'token-refused',
    details: { imsError, debugId: expect.any(String) as string },
  })
  expect(JSON.stringify([error, String(error)])).not.toContain('canary')
})

it('reports an unreadable answer of IMS as an outage', async () => {
  for (let tries = 0; tries < 3; tries += 1)
    ims.once({ kind: 'reply', reply: { status: 500, body: '<html>' } })

  expect(await rejection(s2s)).toMatchObject({ code: 'token-unavailable' })
})

describe('the JWT fallback', () => {
  beforeEach(() => {
    ims.jwtAlive = true
  })
  const encoded = Buffer.from(privateKey).toString('base64')

  it.each([
    ['a PEM', privateKey],
    ['base64', encoded],
    ['base64 in lines', encoded.replace(/(.{76})/g, '$1\r\n')],
    ['a PEM with literal \\n', privateKey.replaceAll('\n', '\\n')],
    ['a PEM with CRLF', privateKey.replaceAll('\n', '\r\n')],
  ])('accepts the private key as %s', async (_form, key) => {
    const minted = await token({ ...jwt, JWT_PRIVATE_KEY: key })

    expect(ims.verify(minted.value)).toMatchObject({ client_id: 'client' })
    expect(minted.expiresAt - Date.now()).toBeLessThan(25 * 3_600_000)
  })

  it('accepts metascopes as names or full URLs', async () => {
    const url = 'https://ims-na1.adobelogin.com/s/ent_analytics_bulk_ingest_sdk'

    expect((await token({ ...jwt, JWT_METASCOPES: url })).clientId).toBe('client')
  })

  it('is used only without other credentials, and warns', async () => {
    const warnings: string[] = []
    await token(jwt, { ...silentLog, warn: (message) => void warnings.push(message) })
    const before = ims.requests.length
    await token({ ...jwt, ...s2s })

    expect(warnings.join()).toContain('2026-03-01')
    expect(ims.requests.slice(before).map(({ url }) => url)).toEqual(['/ims/token/v3'])
  })

  it('fails after Adobe has switched it off', async () => {
    ims.jwtAlive = false

    expect(await rejection(jwt)).toMatchObject({
      code: 'token-refused',
      details: { imsError: 'invalid_client' },
    })
  })

  it.each([
    ['a key of another certificate', { JWT_PRIVATE_KEY: otherKey() }, 'invalid_signature'],
    ['metascopes that are not bound', { JWT_METASCOPES: 'ent_campaign_sdk' }, 'invalid_scope'],
    ['another organisation', { JWT_IMS_ORG: 'X@AdobeOrg' }, 'bad_request'],
    ['a wrong secret', { JWT_CLIENT_SECRET: 'canary-wrong' }, 'invalid_client'],
  ])('reports %s by its error code', async (_what, change, imsError) => {
    expect(await rejection({ ...jwt, ...change })).toMatchObject({ details: { imsError } })
  })

  it('does not echo an invalid private key', async () => {
    const error = await rejection({
      ...jwt,
      JWT_PRIVATE_KEY: Buffer.from('canary-not-a-key').toString('base64'),
    })

    expect(error).toMatchObject({ code: 'input-invalid' })
    expect(JSON.stringify([error, String(error)])).not.toMatch(/canary|Y2FuYXJ5/)
  })
})

function otherKey(): string {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey
}

it('names every missing input', async () => {
  const error = await rejection({ IMS_OAUTH_S2S_CLIENT_ID: 'client' })

  expect(error).toMatchObject({ code: 'token-not-configured' })
  for (const name of [
    'IMS_OAUTH_S2S_CLIENT_SECRET',
    'IMS_OAUTH_S2S_ORG_ID',
    'IMS_OAUTH_S2S_SCOPES',
    'JWT_PRIVATE_KEY',
  ]) {
    expect(String(error)).toContain(name)
  }
})
