import { deployToken, startProbeRuntime } from '../../../../fixtures/probe-runtime'
import type { ProbeRuntime } from '../../../../fixtures/probe-runtime'

const action = { name: 'probe/run', action: 'exports.main = () => ({})', kind: 'nodejs:22' }
const trigger = { name: 'wake' }
const rule = { name: 'wake-run', trigger: '/_/wake', action: '/_/probe/run' }

let runtime: ProbeRuntime
let client: ProbeRuntime['client']
beforeEach(async () => {
  runtime = await startProbeRuntime()
  client = runtime.client
})
afterEach(() => runtime.openwhisk.stop())

it('stores what was put and counts its versions', async () => {
  await client.actions.create(action)
  await client.actions.update({ ...action, annotations: { final: true } })

  expect(await client.actions.get('probe/run')).toMatchObject({
    name: 'run',
    version: '0.0.2',
    exec: { kind: 'nodejs:22' },
    limits: { timeout: 60_000, memory: 256, logs: 10, concurrency: 200 },
    annotations: [
      { key: 'final', value: true },
      { key: 'exec', value: 'nodejs:22' },
    ],
  })
})

it('lists entities without code or parameters, thirty at a time', async () => {
  await Promise.all(
    Array.from({ length: 31 }, (_, index) => client.triggers.create({ name: `trigger-${index}` })),
  )
  await client.actions.create({ ...action, params: { secret: 'bound' } })

  const actions = await client.actions.list()

  expect(await client.triggers.list()).toHaveLength(30)
  expect(await client.triggers.list({ skip: 30, limit: 50 })).toHaveLength(1)
  expect(await client.triggers.list({ count: true })).toEqual({ triggers: 31 })
  expect(actions).toEqual([expect.objectContaining({ exec: { kind: 'nodejs:22' } })])
  expect(actions[0]).not.toHaveProperty('parameters')
})

it('shows a package with its actions', async () => {
  await client.actions.create(action)

  expect(await client.packages.get('probe')).toMatchObject({ actions: [{ name: 'run' }], feeds: [] })
})

it('shows a trigger with its rules and their status', async () => {
  await client.actions.create(action)
  await client.triggers.create(trigger)
  await client.rules.create(rule)
  const enabled = await client.triggers.get(trigger)
  await client.rules.disable(rule)
  const disabled = await client.triggers.get(trigger)

  const named = { '12345-probe-stage/wake-run': { action: { path: '_/probe', name: 'run' } } }
  expect(enabled).toMatchObject({ rules: named })
  expect(statusIn(enabled)).toEqual(['active'])
  expect(statusIn(disabled)).toEqual(['inactive'])
})

function statusIn(found: object): unknown[] {
  return Object.values((found as { rules: Record<string, { status: string }> }).rules).map(
    ({ status }) => status,
  )
}

it('deactivates a rule when its trigger is deleted, until it is enabled again', async () => {
  await client.actions.create(action)
  await client.triggers.create(trigger)
  await client.rules.create(rule)
  await client.triggers.delete(trigger)
  await client.triggers.create(trigger)

  const after = await client.rules.get(rule)
  await client.rules.enable(rule)

  expect(after).toMatchObject({ status: 'inactive' })
  expect(await client.rules.get(rule)).toMatchObject({ status: 'active' })
})

it("answers requests that it cannot serve with OpenWhisk's statuses", async () => {
  await client.actions.create(action)

  await expect(client.actions.create(action)).rejects.toMatchObject({ statusCode: 409 })
  await expect(client.packages.delete({ name: 'probe' })).rejects.toMatchObject({ statusCode: 409 })
  await expect(client.actions.get('probe/other')).rejects.toMatchObject({
    statusCode: 404,
    error: { error: 'The requested resource does not exist.', code: expect.any(String) as string },
  })
  await expect(client.actions.create({ ...action, name: 'nowhere/run' })).rejects.toMatchObject({
    statusCode: 404,
  })
  await expect(client.rules.create(rule)).rejects.toMatchObject({ statusCode: 400 })
})

it.each([
  ['no credential', {}, '_', 401],
  ['a wrong key', { authorization: `Basic ${Buffer.from('other:key').toString('base64')}` }, '_', 401],
  ['an unknown bearer token', { authorization: 'Bearer token' }, '_', 401],
  ["the deployer's token", { authorization: `Bearer ${deployToken}` }, '_', 200],
  ["the deployer's token for another namespace", { authorization: `Bearer ${deployToken}` }, 'other', 403],
])('answers a request with %s', async (_what, headers: Record<string, string>, space, status) => {
  const url = `${runtime.openwhisk.url}/runtime/api/v1/namespaces/${space}/packages`

  expect((await fetch(url, { headers })).status).toBe(status)
})

it('names a feed that it does not imitate', async () => {
  const feed = { name: '/whisk.system/alarms/interval', trigger: 'wake', params: { minutes: 5 } }

  await expect(client.feeds.create(feed)).rejects.toThrow('not /whisk.system/alarms/interval')
})

it('accepts no bearer token when none was chosen', async () => {
  const { startOpenWhisk } = await import('../../../../../emulators/app-builder/openwhisk/openwhisk')
  const openwhisk = await startOpenWhisk({ namespace: '12345-probe-stage', apiKey: 'uuid:key' })
  const headers = { authorization: 'Bearer undefined' }

  const { status } = await fetch(`${openwhisk.url}/api/v1/namespaces`, { headers })
  await openwhisk.stop()

  expect(status).toBe(401)
})
