import { createHash } from 'node:crypto'
import { partnerClient, startPartnerApi } from '../../../../emulators/partner-api/partner-api'
import type { PartnerApiEmulator } from '../../../../emulators/partner-api/partner-api'

interface Granted {
  readonly access_token: string
  readonly refresh_token?: string
  readonly error?: string
}

const callback = 'https://app.example/callback'

let now = Date.UTC(2026, 10, 21)
let partner: PartnerApiEmulator
beforeEach(async () => {
  partner = await startPartnerApi({ now: () => now })
  partner.redirectUris.push(callback)
})
afterEach(() => partner.stop())

const clientForm = { client_id: partnerClient.id, client_secret: partnerClient.secret }
const basic = `Basic ${Buffer.from(`${partnerClient.id}:${partnerClient.secret}`).toString('base64')}`

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  return fetch(partner.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(form),
  })
}

async function ask(form: Record<string, string>): Promise<Granted> {
  const response = await post('/oauth/token', { ...clientForm, ...form })
  return (await response.json()) as Granted
}

const token = async () => (await ask({ grant_type: 'client_credentials' })).access_token
const statusOfFlights = async (bearer: string) =>
  (await fetch(`${partner.url}/v1/flights`, { headers: { authorization: `Bearer ${bearer}` } })).status

async function page(
  query: string,
  bearer: string,
): Promise<{ data: { date: string }[]; next_token: string | null }> {
  const response = await fetch(`${partner.url}/v1/flights?${query}`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  return (await response.json()) as { data: { date: string }[]; next_token: string | null }
}

it('serves 20,000 real flights in pages, each once and in order', async () => {
  const bearer = await token()
  const dates: string[] = []
  for (let next: string | null = '0'; next !== null;) {
    const { data, next_token }: Awaited<ReturnType<typeof page>> = await page(
      `limit=5000&page_token=${next}`,
      bearer,
    )
    dates.push(...data.map(({ date }) => date))
    next = next_token
  }

  expect(dates).toHaveLength(20_000)
  expect(dates).toEqual([...dates].sort())
  expect([dates[0], dates.at(-1)]).toEqual(['2001/01/01 00:47', '2001/03/31 22:27'])
})

it('begins with the first flight at or after `since`', async () => {
  const { data } = await page('limit=1&since=2001/02/01', await token())

  expect(data[0]?.date).toMatch(/^2001\/02\/01 /)
})

it('refuses a token after its lifetime', async () => {
  const bearer = await token()
  now += 3_599_999
  expect(await statusOfFlights(bearer)).toBe(200)
  now += 1

  expect(await statusOfFlights(bearer)).toBe(401)
})

it.each([
  ['body', 400, { ...clientForm, client_secret: 'x' }, {}],
  ['header', 401, {}, { authorization: `Basic ${Buffer.from('partner-client:x').toString('base64')}` }],
])(
  'refuses a wrong secret in the %s with %d',
  async (_place, status, form, headers: Record<string, string>) => {
    const response = await post('/oauth/token', { grant_type: 'client_credentials', ...form }, headers)

    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ error: 'invalid_client' })
  },
)

it('accepts the client in the header', async () => {
  const response = await post('/oauth/token', { grant_type: 'client_credentials' }, { authorization: basic })

  expect(response.status).toBe(200)
})

describe('the authorization code grant', () => {
  const verifier = 'v'.repeat(43)
  const request = {
    response_type: 'code',
    client_id: partnerClient.id,
    redirect_uri: callback,
    state: 'state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }

  async function decide(form: Record<string, string>): Promise<URL> {
    const response = await post('/oauth/authorize', { ...request, ...form })
    return new URL(response.headers.get('location') ?? `status:${response.status}`)
  }

  async function redeem(codeVerifier = verifier): Promise<Granted> {
    const code = (await decide({ allowed: 'true' })).searchParams.get('code') ?? ''
    return ask({
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      code_verifier: codeVerifier,
    })
  }

  it('redirects the browser back with a code, which can be exchanged for tokens once', async () => {
    const back = await decide({ allowed: 'true' })
    const exchange = {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: callback,
      code_verifier: verifier,
    }

    const granted = await ask(exchange)

    expect(back.searchParams.get('state')).toBe('state')
    expect(await statusOfFlights(granted.access_token)).toBe(200)
    expect(await ask(exchange)).toMatchObject({ error: 'invalid_grant' })
  })

  it('redirects the browser back with access_denied after a refusal', async () => {
    const back = await decide({ allowed: 'false' })

    expect(back.searchParams.get('error')).toBe('access_denied')
  })

  it('redirects only to registered addresses', async () => {
    const { href } = await decide({ allowed: 'true', redirect_uri: 'https://evil.example/' })

    expect(href).toBe('status:400')
  })

  it('refuses a code with another verifier (PKCE)', async () => {
    expect(await redeem('w'.repeat(43))).toMatchObject({ error: 'invalid_grant' })
  })

  it('rotates refresh tokens', async () => {
    const { refresh_token: first = '' } = await redeem()

    const renewed = await ask({ grant_type: 'refresh_token', refresh_token: first })

    expect(await statusOfFlights(renewed.access_token)).toBe(200)
    expect(renewed.refresh_token).not.toBe(first)
    expect(await ask({ grant_type: 'refresh_token', refresh_token: first })).toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('can expire all access tokens, or revoke all grants', async () => {
    const granted = await redeem()
    partner.expireAccessTokens()
    expect(await statusOfFlights(granted.access_token)).toBe(401)
    const renewed = await ask({ grant_type: 'refresh_token', refresh_token: granted.refresh_token ?? '' })
    partner.revokeAll()

    expect(await statusOfFlights(renewed.access_token)).toBe(401)
    expect(
      await ask({ grant_type: 'refresh_token', refresh_token: renewed.refresh_token ?? '' }),
    ).toMatchObject({
      error: 'invalid_grant',
    })
  })
})

it('serves every airport once, in pages', async () => {
  const bearer = await token()
  const codes: string[] = []
  for (let next: string | null = '0'; next !== null;) {
    const response = await fetch(`${partner.url}/v1/airports?limit=1000&page_token=${next}`, {
      headers: { authorization: `Bearer ${bearer}` },
    })
    const page = (await response.json()) as { data: { iata: string }[]; next_token: string | null }
    codes.push(...page.data.map(({ iata }) => iata))
    next = page.next_token
  }

  expect(codes).toHaveLength(3_376)
  expect(new Set(codes).size).toBe(3_376)
})
