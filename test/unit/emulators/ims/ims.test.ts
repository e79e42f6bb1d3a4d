import { startIms } from '../../../../emulators/ims/ims'
import type { ImsEmulator } from '../../../../emulators/ims/ims'

const credential = {
  clientId: 'client',
  secrets: ['one', 'two'],
  orgId: '8C6767C25245AD1A0A490D4C@AdobeOrg',
  scopes: ['openid', 'AdobeID', 'read_organizations'],
  technicalAccountId: 'ABC@techacct.adobe.com',
}
const grant = {
  grant_type: 'client_credentials',
  client_id: 'client',
  client_secret: 'one',
  scope: 'openid,AdobeID',
}

let now = Date.UTC(2026, 10, 21)
let ims: ImsEmulator
beforeEach(async () => {
  now = Date.UTC(2026, 10, 21)
  ims = await startIms({ now: () => now })
  ims.register(credential)
})
afterEach(() => ims.stop())

const post = (path: string, form: Record<string, string> | FormData, headers: Record<string, string> = {}) =>
  fetch(ims.url + path, {
    method: 'POST',
    body: form instanceof FormData ? form : new URLSearchParams(form),
    headers,
  })
const mint = async (form: Record<string, string> = grant) =>
  ((await (await post('/ims/token/v3', form)).json()) as { access_token: string }).access_token

it('issues JWTs with times as millisecond strings, and expires_in in seconds', async () => {
  const response = await post('/ims/token/v3', grant)
  const body = (await response.json()) as Record<string, unknown>
  const claims = JSON.parse(
    Buffer.from(String(body.access_token).split('.')[1] ?? '', 'base64url').toString(),
  ) as object

  expect(body).toMatchObject({ token_type: 'bearer', expires_in: 86_399 })
  expect(claims).toMatchObject({
    type: 'access_token',
    client_id: 'client',
    user_id: 'ABC@techacct.adobe.com',
    as: 'ims-na1',
    created_at: String(now),
    expires_in: '86400000',
  })
})

it('accepts token/v2 and multipart forms, which aio-lib-ims sends', async () => {
  const form = new FormData()
  for (const [name, value] of Object.entries(grant)) form.set(name, value)

  expect((await post('/ims/token/v2', form)).status).toBe(200)
})

it.each([
  ['an unknown client', { client_id: 'nobody' }, 'invalid_client'],
  ['a wrong secret', { client_secret: 'three' }, 'invalid_client'],
  ['a scope that is not assigned', { scope: 'openid,campaign' }, 'invalid_scope'],
  ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
])('refuses a token request with %s and returns an error and a debug id', async (_what, change, error) => {
  const response = await post('/ims/token/v3', { ...grant, ...change })

  expect(response.status).toBe(400)
  expect(response.headers.get('x-debug-id')).toMatch(/^[\da-f]{16}$/)
  expect(await response.json()).toMatchObject({ error })
})

it('answers token validation with status 200 and the verdict in the body', async () => {
  const token = await mint()
  const validate = async (of: string, client = 'client'): Promise<unknown> => {
    const form = { type: 'access_token', client_id: client }
    const response = await post('/ims/validate_token/v1', form, { authorization: `Bearer ${of}` })
    return response.json()
  }

  expect(await validate(token)).toMatchObject({ valid: true, token: { client_id: 'client' } })
  expect(await validate(token, 'other')).toMatchObject({ valid: false })
  expect(await validate(`${token}x`)).toMatchObject({ valid: false })
  now += 86_400_000
  expect(await validate(token)).toMatchObject({ valid: false })
})

it('lists organisations only for a token with the scope read_organizations', async () => {
  const read = (token: string) =>
    fetch(`${ims.url}/ims/organizations/v6`, { headers: { authorization: `Bearer ${token}` } })

  expect((await read(await mint())).status).toBe(403)
  expect(await (await read(await mint({ ...grant, scope: 'openid,read_organizations' }))).json()).toEqual([
    expect.objectContaining({ orgRef: { ident: '8C6767C25245AD1A0A490D4C', authSrc: 'AdobeOrg' } }),
  ])
})

it('issues a token for a customer only after Admin consent, for an hour, without token_type', async () => {
  const customer = 'AAAABBBBCCCCDDDD0A495C14@AdobeOrg'
  ims.register({ ...credential, clientId: 'partner', redirectUris: ['https://app.example/callback'] })
  const ask = () => post('/ims/token/v3', { ...grant, client_id: 'partner', org_id: customer })
  expect((await ask()).status).toBe(400)

  ims.consents.set('partner', new Set([customer]))
  expect(await (await ask()).json()).toEqual({ access_token: expect.any(String) as string, expires_in: 3599 })
})

it('shows no consent page for an unregistered redirect URI', async () => {
  ims.register({ ...credential, clientId: 'partner', redirectUris: ['https://app.example/callback'] })
  const query = 'client_id=partner&state=s&nonce=n&redirect_uri=https%3A%2F%2Fevil.example%2F'

  expect((await fetch(`${ims.url}/consent?${query}`)).status).toBe(400)
})
