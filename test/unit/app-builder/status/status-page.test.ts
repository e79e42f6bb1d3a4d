import { createHash } from 'node:crypto'
import { jobStatus } from '../../../../src/app-builder/status/job-status'
import { statusPage } from '../../../../src/app-builder/status/page/status-page'
import { withoutTexts } from '../../../../src/app-builder/status/status'
import { html, markupText } from '../../../../src/app-builder/web/html'
import { webPage } from '../../../../src/app-builder/web/web-page'
import { jobWith } from '../../../fixtures/run-dependencies'
import { batchIn, storedDocument, storedPlan, storedReport } from '../../../fixtures/stored-state'
import type { OpenRejects } from '../../../../src/app-builder/status/open-rejects'
import type { Status } from '../../../../src/app-builder/status/status'
import type { StateDocument } from '../../../../src/state/state-document'
import type { StatusPage } from '../../../../src/app-builder/status/page/status-page'

const hostile = `"><script>alert('canary')</script>\u0000<img src=x onerror=canary>`
const now = Date.UTC(2026, 10, 21)

const rejects: OpenRejects = {
  ...{ open: 12, expires: '2026-12-01T00:00:00.000Z', unread: 1, fault: hostile },
  reasons: [{ code: hostile, count: 11, records: [{ path: hostile, message: hostile, record: hostile }] }],
}

function jobOf(name: string, change: Partial<StateDocument> = {}, found: OpenRejects = rejects) {
  const content = storedDocument({ job: name, ...change })
  return jobStatus({
    job: { ...jobWith({ name }) },
    found: { content, etag: '"1"', modifiedAt: now, storeNow: now },
    rejects: found,
    leaseTtlMs: 90_000,
    alarm: { kind: 'at', at: '2026-11-21T00:15:00.000Z' },
  })
}

/** Every text that another system, a record or an operator may have chosen. */
const everything: Status = {
  at: '2026-11-21T00:00:00.000Z',
  tenant: null,
  jobs: [
    jobOf(hostile, {
      outbox: [batchIn('held', { id: hostile, partition: hostile })],
      plan: storedPlan({
        ...{ id: hostile, target: hostile, notes: [hostile], sample: [hostile] },
        reasons: [{ code: hostile, message: hostile }],
      }),
      reports: [
        storedReport({
          ...{ outcome: 'failed', reason: hostile, notes: [hostile] },
          error: { code: hostile, message: hostile, remedy: hostile },
        }),
      ],
    }),
  ],
  strays: [{ job: hostile, pendingBatches: 1, pendingRows: 2 }],
  tenants: [{ tenant: hostile, status: 'linked', linkedAt: null, refusals: 1, firstRefusedAt: null }],
  grants: [{ grant: hostile, status: 'valid', endsAt: null }],
  credentials: [{ kind: 'OAuth Server-to-Server', clientId: hostile, endsAt: null }],
  watchdog: {
    last: { endedAt: '2026-11-21T00:00:00.000Z', outcome: hostile },
    waiting: 2,
    next: { kind: 'unknown' },
  },
}

const page = (change: Partial<StatusPage> = {}) =>
  statusPage({
    ...{ status: everything, jobs: [], url: 'https://status.example', formToken: 'v1.token' },
    ...{ outcome: null, canConnect: false, cookie: null },
    ...change,
  })
const bodyOf = (change?: Partial<StatusPage>) => page(change).body ?? ''

describe('the status page', () => {
  it('escapes every text of sources, servers, jobs and operators', () => {
    const outcome = {
      kind: 'ended' as const,
      activation: 'a',
      job: hostile,
      outcome: hostile,
      texts: [hostile],
    }
    const body = bodyOf({ outcome })

    expect(body.match(/alert\(/g)?.length).toBeGreaterThan(25)
    expect(body).not.toMatch(/<script|<img/)
    expect(body).not.toContain('\u0000')
  })

  it('declares a policy that allows its own stylesheet and nothing else', () => {
    const status = { ...everything, jobs: [jobOf('flights')], strays: [], tenants: [], grants: [] }
    const { headers = {}, body = '' } = page({ status })
    const style = /<style>([^]*?)<\/style>/.exec(body)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')

    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    )
    expect(headers['referrer-policy']).toBe('same-origin')
    expect(body).not.toMatch(/ style=|<link|<script|<iframe|<img/)
  })

  it('sends decisions with the job, the batch and the form’s token, each described by its risk', () => {
    const status = { ...everything, jobs: [jobOf('flights', { outbox: [batchIn('held')] })] }
    const form = /<form[^]*?Send it again[^]*?<\/form>/.exec(bodyOf({ status }))?.[0] ?? ''
    const fields = [...form.matchAll(/name="([^"]+)" value="([^"]+)"/g)].map(([, name, value]) => [
      name,
      value,
    ])
    const described = /aria-describedby="([^"]+)"/.exec(form)?.[1] ?? '?'

    expect(Object.fromEntries(fields)).toEqual({
      ...{ do: 'run-job', token: 'v1.token', job: 'flights', resolve: 'batch-1', as: 'resend' },
    })
    expect(bodyOf({ status })).toContain(`<span id="${described}">after the cause is removed`)
  })

  it('while a run is under way leads back to itself, so that its end is told', () => {
    const body = bodyOf({ outcome: { kind: 'running', activation: 'a1' } })

    expect(body).toContain('The run is under way')
    expect(body).toContain('<a href="https://status.example?activation=a1">Load again</a>')
  })

  it('of a run whose record cannot be read says so, and neither that it runs nor that it ended', () => {
    const body = bodyOf({ outcome: { kind: 'unknown', activation: 'a1', why: 'HTTP 500' } })

    expect(body).toContain('the platform does not say')
    expect(body).toContain('(HTTP 500)')
    expect(body).not.toMatch(/is under way|the run ended/)
    expect(body).toContain('<a href="https://status.example?activation=a1">Load again</a>')
  })

  it('shows when the next alarm fires, and warns of a job that no alarm wakes', () => {
    const silent = { ...jobOf('silent'), alarm: { kind: 'none' as const } }
    const section = (name: string) =>
      new RegExp(`<section id="job-${name}"[^]*?</section>`).exec(
        bodyOf({ status: { ...everything, jobs: [jobOf('flights'), silent] } }),
      )?.[0]

    expect(section('flights')).toMatch(/Next alarm<\/dt>\s*<dd>\s*<time datetime="2026-11-21T00:15:00.000Z"/)
    expect(section('silent')).toContain('no active alarm')
  })

  it('shows the last tick of the watchdog, messages that wait, and a credential that has ended', () => {
    const status: Status = {
      ...everything,
      credentials: [{ kind: 'Service Account (JWT)', clientId: 'c', endsAt: '2026-03-01T00:00:00.000Z' }],
    }
    const never = bodyOf({
      status: { ...status, watchdog: { last: null, waiting: 0, next: { kind: 'none' } } },
    })

    expect(bodyOf({ status })).toMatch(/Last tick<\/dt>\s*<dd><time datetime="2026-11-21T00:00:00.000Z"/)
    expect(bodyOf({ status })).toContain('2 wait for their receiver')
    expect(bodyOf({ status })).toContain('ended 2026-03-01')
    expect(never).toContain('none yet')
    expect(never).toContain('none waits')
  })

  it('of a tenant names the tenant in every form', () => {
    const tenant = 'AAAABBBBCCCCDDDD0A495C14@AdobeOrg'
    const body = bodyOf({ status: { ...everything, tenant } })

    const forms = body.match(/value="run-job"/g)?.length ?? 0
    expect(forms).toBeGreaterThan(4)
    expect(body.match(new RegExp(`name="tenant" value="${tenant}"`, 'g'))).toHaveLength(forms)
  })

  it('of more jobs than fit into an answer shows all in the table, and those in need whole', () => {
    const record = { path: '', message: '', record: 'x'.repeat(50_000) }
    const large = { ...rejects, reasons: [{ code: 'late', count: 1, records: [record] }] }
    const fine = Array.from({ length: 20 }, (_, index) => jobOf(`fine-${index}`, {}, large))
    const held = jobOf('held', { outbox: [batchIn('held')] }, large)
    const body = bodyOf({ status: { ...everything, jobs: [...fine, held] } })

    expect(Buffer.byteLength(body)).toBeLessThan(1_000_000)
    expect(body).toContain('<section id="job-held"')
    expect(body).toContain('<section id="job-fine-0"')
    expect(body).toContain('href="https://status.example?job=fine-19"')
  })

  it('shows a job whole that alone is as large as an answer may be', () => {
    const record = { path: '', message: '', record: 'x'.repeat(700_000) }
    const large = { ...rejects, reasons: [{ code: 'late', count: 1, records: [record] }] }

    expect(bodyOf({ status: { ...everything, jobs: [jobOf('large', {}, large)] } })).toContain(
      'id="job-large"',
    )
  })
})

it('members of the organisation get neither records nor texts', () => {
  const told = JSON.stringify(withoutTexts({ ...everything, jobs: [jobOf('flights', everythingIn())] }))

  expect(told).toContain('"held":1')
  expect(told).toContain('"rejects":12')
  expect(told).not.toContain('canary')
})

function everythingIn(): Partial<StateDocument> {
  const error = { code: 'unexpected', message: hostile, remedy: hostile }
  return {
    outbox: [batchIn('held', { id: hostile })],
    plan: storedPlan({ sample: [hostile] }),
    reports: [storedReport({ notes: [hostile], error })],
  }
}

it('markup escapes texts in content and attributes, and takes no object for markup', () => {
  const forged = JSON.parse('{"markup":"<b>","Symbol(markup)":"<b>"}') as never

  expect(markupText(html`<p title="${`"'<&>`}">${'<b>'}${null}${html`<i>${'&'}</i>`}${3}</p>`)).toBe(
    '<p title="&#34;&#39;&#60;&#38;&#62;">&#60;b&#62;<i>&#38;</i>3</p>',
  )
  expect(markupText(html`${forged}`)).not.toContain('<b>')
})

it('pages with a message send no form, and their address to nobody', () => {
  const { headers, body } = webPage({ statusCode: 200, title: hostile, paragraphs: [hostile] })

  expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer' })
  expect(headers?.['content-security-policy']).toContain("form-action 'none'")
  expect(body).not.toMatch(/<script|<img/)
})

it('both buttons of a plan name the plan that is shown: from a page of before, no later plan is approved or dropped', () => {
  const job = jobOf('orders', { plan: storedPlan({ id: 'plan-a' }) })
  const fields = [
    ...bodyOf({ status: { ...everything, jobs: [job] } }).matchAll(
      /name="(resolve|approve)" value="([^"]+)"/g,
    ),
  ]
  const ofRejects = ([, , value]: RegExpMatchArray) => value !== 'rejects'

  expect(fields.filter(ofRejects).map(([, name, value]) => `${name}=${value}`)).toEqual([
    'approve=plan-a',
    'resolve=plan-a',
  ])
})
