import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { startEmulator } from '../../../../emulators/emulator'
import { startIms } from '../../../../emulators/ims/ims'
import { createSigner } from '../../../../emulators/ims/signer'
import { createIdTokenVerifier } from '../../../../src/auth/ims/id-token'
import { systemClock } from '../../../../src/clock'
import { errorOf } from '../../../fixtures/error-of'
import { loopbackHttp } from '../../../fixtures/loopback-http'
import type { ImsEmulator } from '../../../../emulators/ims/ims'
import type { VerifyIdToken } from '../../../../src/auth/ims/id-token'

const orgId = 'AAAABBBBCCCCDDDD0A495C14@AdobeOrg'
const rules = { clientId: 'partner-app', nonce: 'the-nonce' }
const now = Date.UTC(2026, 10, 21)
const seconds = now / 1000
const clock = { ...systemClock, now: () => now }

let ims: ImsEmulator
let verify: VerifyIdToken
beforeEach(async () => {
  ims = await startIms()
  verify = createIdTokenVerifier(`${ims.url}/ims/keys`, loopbackHttp, clock)
})
afterEach(() => ims.stop())

const claims = (changed: object = {}) => ({
  iss: 'https://ims-na1.adobelogin.com/ims',
  sub: 'ABC@techacct.adobe.com',
  aud: rules.clientId,
  iat: seconds,
  exp: seconds + 3600,
  nonce: rules.nonce,
  orgId,
  ...changed,
})
const signed = (changed: object = {}, header: object = {}) =>
  ims.idTokens.sign({ alg: 'RS256', typ: 'JWT', kid: ims.idTokens.kid, ...header }, claims(changed))
const fetchedKeys = () => ims.requests.filter(({ url }) => url === '/ims/keys').length

it.each([
  ['orgId, as in Adobe’s samples', {}],
  ['org_id, as in Adobe’s table', { orgId: undefined, org_id: orgId }],
  ['equal orgId and org_id', { org_id: orgId }],
  ['the issuer of the discovery document', { iss: 'https://ims-na1.adobelogin.com' }],
  ['a clock that is half a minute fast', { iat: seconds + 30 }],
  ['a clock that is half a minute slow', { exp: seconds - 30 }],
])('accepts a token with %s', async (_what, changed) => {
  expect(await verify(signed(changed), rules)).toBe(orgId)
})

it.each([
  ['another audience', { aud: 'someone-else' }],
  ['no audience', { aud: undefined }],
  ['more audiences than this app', { aud: [rules.clientId, 'someone-else'] }],
  ['another issuer', { iss: 'https://ims-na1.adobelogin.com.evil.example/ims' }],
  ['another nonce', { nonce: 'another' }],
  ['no nonce', { nonce: undefined }],
  ['an expiry in the past', { exp: seconds - 61 }],
  ['no expiry', { exp: undefined }],
  ['no issue time', { iat: undefined }],
  ['an issue time in the future', { iat: seconds + 61 }],
  ['two different organisations', { org_id: '9D7878D36356BE2B1B5A1E5D@AdobeOrg' }],
  ['no organisation', { orgId: undefined }],
  ['an organisation that is a path', { orgId: '../../jobs/flights@AdobeOrg' }],
])('refuses a token with %s', async (_what, changed) => {
  expect(await errorOf(verify(signed(changed), rules))).toMatchObject({ code: 'consent-invalid' })
})

it('refuses a token without a signature', async () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const unsigned = `${encode({ alg: 'none', kid: ims.idTokens.kid })}.${encode(claims())}.`

  expect(await errorOf(verify(unsigned, rules))).toMatchObject({ code: 'consent-invalid' })
})

it('refuses a token that is signed with HS256 and the public key (key confusion)', async () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const head = `${encode({ alg: 'HS256', kid: ims.idTokens.kid })}.${encode(claims())}`
  const forged = `${head}.${createHmac('sha256', ims.idTokens.publicKey).update(head).digest('base64url')}`

  expect(await errorOf(verify(forged, rules))).toMatchObject({ code: 'consent-invalid' })
})

it('refuses a token of another key with the key id of IMS', async () => {
  const forged = createSigner('x').sign({ alg: 'RS256', kid: ims.idTokens.kid }, claims())

  expect(await errorOf(verify(forged, rules))).toMatchObject({ code: 'consent-invalid' })
})

it.each([
  ['an empty text', ''],
  ['a word', 'token'],
  ['two dots', '..'],
])('refuses %s as a token', async (_what, text) => {
  expect(await errorOf(verify(text, rules))).toMatchObject({ code: 'consent-invalid' })
})

it.each([
  ['without a key id', { kid: undefined }],
  ['with a critical extension', { crit: ['exp'], exp: 1 }],
  ['with an unknown critical extension', { crit: ['canary'], canary: 1 }],
  ['with an unencoded payload', { crit: ['b64'], b64: false }],
])('refuses a token %s as a forgery, not as an outage', async (_what, header) => {
  expect(await errorOf(verify(signed({}, header), rules))).toMatchObject({ code: 'consent-invalid' })
})

it('normalises the case of the organisation id', async () => {
  expect(await verify(signed({ orgId: orgId.toLowerCase() }), rules)).toBe(orgId)
})

it('downloads the keys once for several tokens', async () => {
  await Promise.all(Array.from({ length: 20 }, () => verify(signed(), rules)))

  expect(fetchedKeys()).toBe(1)
})

it('downloads the keys at most once more during a flood of unknown key ids', async () => {
  await verify(signed(), rules)
  for (let index = 0; index < 50; index += 1) {
    expect(await errorOf(verify(signed({}, { kid: `unknown-${index}` }), rules))).toMatchObject({
      code: 'consent-invalid',
    })
  }

  expect(fetchedKeys()).toBeLessThanOrEqual(2)
})

it('reports a failed download of the keys as an outage', async () => {
  ims.once({ kind: 'reply', reply: { status: 503 } })

  expect(await errorOf(verify(signed(), rules))).toMatchObject({ code: 'token-unavailable' })
  expect(await verify(signed(), rules)).toBe(orgId)
})

it('refuses a token that is signed with RS512, also if the key names no algorithm', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keys = await startEmulator(() => ({
    status: 200,
    body: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'any' }] },
  }))
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const head = `${encode({ alg: 'RS512', kid: 'any' })}.${encode(claims())}`
  const token = `${head}.${sign('sha512', Buffer.from(head), privateKey).toString('base64url')}`
  const verifyAnywhere = createIdTokenVerifier(keys.url, loopbackHttp, clock)

  const error = await errorOf(verifyAnywhere(token, rules))
  await keys.stop()

  expect(error).toMatchObject({ code: 'consent-invalid' })
})
