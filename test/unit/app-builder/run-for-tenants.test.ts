import { startEmulator } from '../../../emulators/emulator'
import { runForTenants } from '../../../src/app-builder/run-for-tenants'
import { silentLog } from '../../../src/log'
import { openTenants } from '../../../src/state/tenants'
import { createMemoryBlobStore } from '../../fixtures/memory-blob-store'
import { virtualClock } from '../../fixtures/virtual-clock'
import { loopbackHttp as http } from '../../fixtures/loopback-http'
import type { Emulator, Reply } from '../../../emulators/emulator'
import type { Tenant } from '../../../src/state/tenants'

const ended = (result: object): Reply => ({ status: 200, body: { activationId: 'a', response: { result } } })
const succeeded = ended({ outcome: 'succeeded' })
const full: Reply = { status: 429, body: { error: 'Too many concurrent requests in flight.' } }

let server: Emulator
afterEach(() => server.stop())

const orgOf = (number: number) => `${String(number).padStart(24, 'A')}@AdobeOrg`

function tenant(number: number, status: Tenant['status'] = 'linked'): Tenant {
  return {
    ...{ version: 1, orgId: orgOf(number), clientId: 'partner', linkedAt: 0, status, refusals: null },
    inputs: { ANALYTICS_REPORT_SUITE: 'theirs' },
  }
}

/** Runs for `tenants`, in an action that may take `ms`; the platform answers each call by `answer`. */
async function run(
  tenants: readonly Tenant[],
  answer: (org: string | null, path: string) => Reply | Promise<Reply>,
  { ms = 3_600_000, random = (): number => 0 } = {},
) {
  const clock = virtualClock({ leap: true })
  const files = createMemoryBlobStore({ clock })
  for (const one of tenants) await openTenants(files, clock).save(one)
  server = await startEmulator(({ body, url }) => {
    const { tenant: org = null } = body.length > 0 ? (JSON.parse(body.toString()) as { tenant?: string }) : {}
    return answer(org, url)
  })
  const runtime = {
    ...{ activationId: 'launcher', actionName: '/ns/analytics-ingest/run-job', namespace: 'ns' },
    ...{ apiHost: server.url, apiKey: 'uuid:key', deadline: clock.now() + ms },
  }
  const ims = { baseUrl: '', http, clock, random }
  const result = await runForTenants({ jobs: [job], files, ims, runtime, log: silentLog }, 'orders')
  const started = server.requests.filter(({ method }) => method === 'POST')
  return {
    result,
    order: started.map(({ body }) => (JSON.parse(body.toString()) as { tenant: string }).tenant),
  }
}

const job = { name: 'orders' } as Parameters<typeof runForTenants>[0]['jobs'][number]
const many = (count: number) => Array.from({ length: count }, (_, number) => tenant(number))

it('runs every tenant, never more than twenty at a time', async () => {
  let [running, most] = [0, 0]
  const { result } = await run(many(50), async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
    return succeeded
  })
  expect(Object.keys(result.runs)).toHaveLength(50)
  expect(result).toMatchObject({ outcome: 'succeeded', failed: {}, postponed: [] })
  expect(most).toBeGreaterThan(5)
  expect(most).toBeLessThanOrEqual(20)
})

it('treats a full namespace as backpressure: it waits, and starts each tenant once the namespace has capacity', async () => {
  const refusals = new Map<string, number>()
  const { result } = await run(many(5), (org) => {
    const count = refusals.get(org ?? '') ?? 0
    refusals.set(org ?? '', count + 1)
    return count < 4 ? full : succeeded
  })
  expect(Object.values(result.runs)).toEqual(Array(5).fill('succeeded'))
  expect([...refusals.values()]).toEqual(Array(5).fill(5))
})

it('postpones the tenants for which a namespace has no capacity, and reports them', async () => {
  const { result } = await run(many(3), (org) => (org === orgOf(1) ? succeeded : full), { ms: 120_000 })
  expect(result).toMatchObject({ outcome: 'partial', reason: 'deadline', failed: {} })
  expect(result.runs).toEqual({ [orgOf(1)]: 'succeeded' })
  expect([...result.postponed].sort()).toEqual([orgOf(0), orgOf(2)])
})

it('is partial where a run has not ended before this action had to, and reports that run as running', async () => {
  const { result } = await run(
    many(1),
    (org) => (org ? { status: 202, body: { activationId: 'long' } } : { status: 404 }),
    { ms: 120_000 },
  )
  expect(result).toMatchObject({
    ...{ outcome: 'partial', reason: 'deadline', runs: { [orgOf(0)]: 'running' } },
  })
})

it('waits for a run that takes longer than a blocking call, and reports its outcome', async () => {
  let polls = 0
  const { result } = await run(many(1), (org, path) => {
    if (org) return { status: 202, body: { activationId: 'long' } }
    expect(path).toBe('/api/v1/namespaces/ns/activations/long')
    return (polls += 1) < 3 ? { status: 404 } : ended({ outcome: 'partial', reason: 'deadline' })
  })
  expect(result).toMatchObject({
    ...{ outcome: 'partial', reason: 'tenants-partial', runs: { [orgOf(0)]: 'partial' } },
  })
})

it('returns the reason of a failed run, and fails where no run succeeded', async () => {
  const error = { code: 'source-refused', message: 'No.', remedy: 'Look.' }
  const answer = (org: string | null): Reply => {
    if (org === orgOf(0)) return { ...ended({ outcome: 'failed', error }), status: 502 }
    return org === orgOf(1) ? { ...ended({ error: 'killed' }), status: 502 } : succeeded
  }
  const two = await run(many(2), answer)
  expect(two.result).toMatchObject({ outcome: 'failed', reason: 'tenants-failed' })
  // The platform counts an activation as failed by this member.
  expect(Object.values(two.result.failed)).toContainEqual(two.result.error)
  expect(two.result.failed[orgOf(0)]).toEqual(error)
  const remedy = `Run it alone: --param job orders --param tenant ${orgOf(1)}.`
  expect(two.result.failed[orgOf(1)]).toMatchObject({ message: 'killed', remedy })
  await server.stop()
  const { result } = await run(many(3), answer)
  expect(result.outcome).toBe('partial')
  expect(result).not.toHaveProperty('error')
})

it.each([[{}], [{ outcome: 'finished' }]])(
  'counts the answer %j, which is no report, as a failed run',
  async (answer) => {
    const { result } = await run(many(2), (org) => (org === orgOf(1) ? ended(answer) : succeeded))
    expect(result).toMatchObject({ outcome: 'partial', reason: 'tenants-failed' })
    expect(result.failed[orgOf(1)]).toMatchObject({ message: 'The run left no report.' })
  },
)

it('runs every other tenant where one cannot be started, and names that one', async () => {
  const { result } = await run(many(3), (org) => (org === orgOf(1) ? { status: 403 } : succeeded))

  expect(result).toMatchObject({ outcome: 'partial', reason: 'tenants-failed' })
  expect(result.runs).toEqual({ [orgOf(0)]: 'succeeded', [orgOf(2)]: 'succeeded' })
  expect(Object.keys(result.failed)).toEqual([orgOf(1)])
})

it('does not count a run as failed or succeeded where no answer shows how it ended, and tells why', async () => {
  const { result } = await run(many(2), (org) => (org === orgOf(1) ? { status: 504 } : succeeded))

  expect(result).toMatchObject({ outcome: 'partial', reason: 'tenants-failed' })
  expect(result.runs).toEqual({ [orgOf(0)]: 'succeeded' })
  expect(result.failed[orgOf(1)]).toMatchObject({
    message: expect.stringMatching(/may have been started: HTTP 504/) as string,
    remedy: expect.stringContaining('inspect true') as string,
  })
})

it('starts no run for which it has no time to wait', async () => {
  const { result, order } = await run(many(2), () => succeeded, { ms: 14_000 })

  expect(order).toEqual([])
  expect(result).toMatchObject({ outcome: 'partial', reason: 'deadline', runs: {}, failed: {} })
  expect([...result.postponed].sort()).toEqual([orgOf(0), orgOf(1)])
})

it('invokes nothing for a tenant that has withdrawn its consent', async () => {
  const { result, order } = await run([tenant(1, 'needs-reauth'), tenant(2)], () => succeeded)
  expect(order).toEqual([orgOf(2)])
  expect(result).toMatchObject({ outcome: 'succeeded', needReauth: [orgOf(1)] })
})

it('starts the tenants in random order, so that none is always the last', async () => {
  const first = await run(many(30), () => succeeded, { random: () => 0 })
  await server.stop()
  const second = await run(many(30), () => succeeded, { random: () => 0.999 })
  expect(new Set(second.order)).toEqual(new Set(first.order))
  expect(second.order).not.toEqual(first.order)
})
