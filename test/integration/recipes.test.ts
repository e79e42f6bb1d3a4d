import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '../../emulators/emulator'
import { crmOpportunities } from '../../examples/recipes/crm-opportunities'
import { emailClicks } from '../../examples/recipes/email-clicks'
import { repositoryIssues } from '../../examples/recipes/repository-issues'
import { inputsFrom } from '../../src/inputs'
import { withMapInputs } from '../../src/definition/map-inputs'
import { openEnrichment } from '../../src/pipeline/joins/enrichment'
import { hasConsent } from '../../src/pipeline/extraction/consent'
import { sourceContext } from '../fixtures/source-context'
import type { DestinationContext } from '../../src/destinations/destination'
import type { Emulator, Handler } from '../../emulators/emulator'
import type { Job } from '../../src/definition/job'

const { signal } = new AbortController()
let server: Emulator
let answer: Handler
beforeEach(async () => {
  server = await startEmulator((request) => answer(request))
})
afterEach(() => server.stop())

/** Source → joins → record → consent → map → the line that the destination would write. */
async function linesOf(recipe: Job, secrets: Readonly<Record<string, string>>, since: string | null = null) {
  expect(recipe.faults).toEqual([])
  const [base] = recipe.source.inputs
  const values = { [base?.name ?? '']: server.url, ANALYTICS_REPORT_SUITE: 'suite', ...secrets }
  const inputs = inputsFrom(values)
  const job = withMapInputs(recipe, inputs)
  const context = { job: job.name, inputs, settings: {}, endpoints: {}, credential: {} }
  const { format } = job.destination.open(context as unknown as DestinationContext)
  const lines: string[] = []
  const request = {
    mode: 'incremental',
    since,
    sinceMs: since === null ? null : Date.parse(since),
    signal,
  } as const
  const opening = sourceContext({ inputs: values })
  const enrich = await openEnrichment(job, (source) => source.open(opening))?.load(signal)
  for await (const page of job.source.open(opening).read(request)) {
    for (const raw of page.records) {
      const enriched = enrich?.(raw) ?? { kind: 'enriched', record: raw }
      if (enriched.kind === 'unmatched') {
        lines.push(`no ${enriched.join}`)
        continue
      }
      const record = job.record.parse(enriched.record)
      if (!hasConsent(job.consent, record)) continue
      const encoded = format.encode(job.map(record))
      lines.push(encoded.kind === 'row' ? encoded.line.trim() : `${encoded.code} ${encoded.path}`)
    }
  }
  return lines
}

it('repositoryIssues follows the Link header from page to page', async () => {
  const issue = (id: number) => ({
    id,
    number: id,
    state: 'open',
    updated_at: '2026-01-01T00:00:00Z',
    title: 'x',
  })
  answer = ({ url, headers }) => {
    expect(headers).toMatchObject({
      authorization: 'Bearer canary-token',
      'x-github-api-version': '2022-11-28',
    })
    const { pathname, searchParams } = new URL(url, server.url)
    const page = Number(searchParams.get('page') ?? 1)
    searchParams.set('page', String(page + 1))
    const link = `<${server.url}${pathname}?${searchParams.toString()}>; rel="next", <${server.url}${pathname}?page=3>; rel="last"`
    return { status: 200, headers: page < 3 ? { link } : {}, body: [issue(page)] }
  }

  const lines = await linesOf(repositoryIssues, { ISSUES_API_TOKEN: 'canary-token' }, '2026-01-01T00:00:00Z')

  const visitor = (id: number) => String(id).padStart(38, '1')
  expect(lines).toEqual(
    [1, 2, 3].map((id) => `1767225600,${visitor(id)},repository-issues/1.0,o,issue open,${id},suite`),
  )
  expect(server.requests[2]?.url).toContain('since=2026-01-01T00%3A00%3A00Z')
})

it('crmOpportunities searches by POST, and sends a pseudonym of people who consented', async () => {
  const deal = (id: number, consent: boolean) => ({
    ...{ modified: '2026-01-01T00:00:00Z', stage: 'won', amount: 9.5, consent },
    email: `Person${id}@example.com`,
  })
  answer = ({ body }) => {
    const { after } = JSON.parse(String(body)) as { after?: string }
    if (after === undefined)
      return { status: 200, body: { results: [deal(1, true)], paging: { next: { after: 'b' } } } }
    return { status: 200, body: { results: [deal(2, false), deal(1, true)] } }
  }
  server.once({ kind: 'reply', reply: { status: 200, body: { category: 'RATE_LIMITS' } } })
  const secrets = { CRM_API_TOKEN: 'canary-token', CRM_PSEUDONYM_SALT: 'canary-salt' }

  const lines = await linesOf(crmOpportunities, secrets, '2026-01-01T00:00:00Z')

  expect(lines).toHaveLength(2)
  expect(lines[0]).toMatch(
    /^1767225600,[0-9a-f]{64},1,crm-opportunities\/1\.0,opportunity won,"event10,event11=9\.5",suite$/,
  )
  expect(lines[1]).toBe(lines[0])
  expect(JSON.parse(String(server.requests.at(-1)?.body))).toEqual({
    ...{ sort: 'modified', after: 'b' },
    filter: { pipeline: 'default', modifiedSince: 1767225600000 },
  })
})

it('emailClicks names campaigns from a published sheet, and keeps clicks of an unknown one back', async () => {
  const click = (id: string, campaignId: number) => ({
    ...{ id, campaignId, at: '2026-01-01T00:00:00Z', visitor: '1'.repeat(38) },
  })
  answer = ({ url, headers }) => {
    if (url === '/sheet?key=canary')
      return { status: 200, body: 'id,name\n7,Spring sale\n8,"Sale, summer"\n' }
    expect(headers).toMatchObject({ 'x-api-key': 'canary-key' })
    return { status: 200, body: { clicks: [click('a', 8), click('b', 9), click('c', 7)] } }
  }

  const lines = await linesOf(emailClicks, {
    EMAIL_API_KEY: 'canary-key',
    CAMPAIGN_SHEET_URL: `${server.url}/sheet?key=canary`,
  })

  const begin = `1767225600,${'1'.repeat(38)},email-clicks/1.0,newsletter click`
  expect(lines).toEqual([`${begin},"Sale, summer",suite`, 'no campaign', `${begin},Spring sale,suite`])
  expect(server.requests.map(({ headers }) => headers['x-api-key'])).toEqual([undefined, 'canary-key'])
})

it('each recipe has at most 40 lines', () => {
  const folder = join(__dirname, '../../examples/recipes')
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.ts'))) {
    expect([name, readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').length <= 40]).toEqual([
      name,
      true,
    ])
  }
})
