import { startProbeRuntime } from '../../../../fixtures/probe-runtime'
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

it('keeps what was put, and counts its versions', async () => {
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

it('lists without code, thirty at a time', async () => {
  await Promise.all(
    Array.from({ length: 31 }, (_, index) => client.triggers.create({ name: `trigger-${index}` })),
  )
  await client.actions.create(action)

  expect(await client.triggers.list()).toHaveLength(30)
  expect(await client.triggers.list({ skip: 30, limit: 50 })).toHaveLength(1)
  expect(await client.actions.list()).toEqual([expect.objectContaining({ exec: { kind: 'nodejs:22' } })])
})

it('counts the actions of a package among its contents', async () => {
  await client.actions.create(action)

  expect(await client.packages.get('probe')).toMatchObject({ actions: [{ name: 'run' }], feeds: [] })
})

it('switches a rule off with its trigger, and on again by hand', async () => {
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

it('answers as OpenWhisk does where it cannot do what is asked', async () => {
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
  ['nobody', {}, '_', 401],
  ['a wrong key', { authorization: `Basic ${Buffer.from('other:key').toString('base64')}` }, '_', 401],
  ['a person at the deploy service', { authorization: 'Bearer token' }, '_', 200],
  ['a person in another namespace', { authorization: 'Bearer token' }, 'other', 403],
])('answers %s by their authorization', async (_who, headers: Record<string, string>, space, status) => {
  const url = `${runtime.openwhisk.url}/runtime/api/v1/namespaces/${space}/packages`

  expect((await fetch(url, { headers })).status).toBe(status)
})
