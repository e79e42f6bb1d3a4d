import { partnerClient, startPartnerApi } from '../../../../emulators/partner-api/partner-api'
import type { PartnerApiEmulator } from '../../../../emulators/partner-api/partner-api'

let now = Date.UTC(2026, 10, 21)
let partner: PartnerApiEmulator
beforeEach(async () => {
  partner = await startPartnerApi({ now: () => now })
})
afterEach(() => partner.stop())

async function token(): Promise<string> {
  const response = await fetch(`${partner.url}/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${partnerClient.id}:${partnerClient.secret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

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

it('wants a token that has not expired', async () => {
  const bearer = await token()
  now += 3_600_000

  const response = await fetch(`${partner.url}/v1/flights`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  expect(response.status).toBe(401)
})

it('gives no token for a wrong secret', async () => {
  const response = await fetch(`${partner.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: partnerClient.id,
      client_secret: 'x',
    }),
  })

  expect(response.status).toBe(401)
})
