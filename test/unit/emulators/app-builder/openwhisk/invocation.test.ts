import { startProbeRuntime } from '../../../../fixtures/probe-runtime'
import { virtualClock } from '../../../../fixtures/virtual-clock'
import type { ProbeRuntime } from '../../../../fixtures/probe-runtime'

interface Fired {
  readonly activationId: string
}

const clock = virtualClock()
let runtime: ProbeRuntime
beforeAll(async () => {
  runtime = await startProbeRuntime({ clock })
  await runtime.putProbe('run')
})
afterAll(() => runtime.openwhisk.stop())

const invoke = (params: object, how: object) =>
  runtime.client.actions.invoke({ name: 'probe/run', params, ...how }) as Promise<object>

it('answers with the activation, or its result alone, where the caller waits', async () => {
  const activation = await invoke({ n: 1 }, { blocking: true })
  const result = await invoke({ n: 1 }, { blocking: true, result: true })

  expect(activation).toMatchObject({ response: { success: true, result: { params: { n: 1 } } } })
  expect(result).toMatchObject({ params: { n: 1 } })
})

it('answers 502 with what went wrong', async () => {
  await expect(invoke({ do: 'throw' }, { blocking: true })).rejects.toMatchObject({
    statusCode: 502,
    error: { response: { status: 'application error', result: { error: { name: 'TypeError' } } } },
  })
})

it('lets go of who waited a minute, and finishes the run', async () => {
  const answer = invoke({ do: 'sleep', ms: 1_000 }, { blocking: true })
  while (clock.nextWake() === null) await new Promise((resolve) => setImmediate(resolve))

  await clock.advance(60_000)
  const { activationId, ...rest } = (await answer) as { activationId: string }

  expect(rest).toEqual({})
  await expect(runtime.client.activations.get(activationId)).rejects.toMatchObject({ statusCode: 404 })
  while (!runtime.openwhisk.activations.find(activationId))
    await new Promise((resolve) => setImmediate(resolve))
  expect(await runtime.client.activations.result({ name: activationId })).toMatchObject({
    result: { slept: 1_000 },
  })
})

it('shows the newest activations first, without their logs', async () => {
  await invoke({ do: 'log' }, { blocking: true })

  const [newest] = (await runtime.client.activations.list({ limit: 1 })) as object[]

  expect(newest).toMatchObject({ name: 'run', statusCode: 0 })
  expect(newest).not.toHaveProperty('logs')
})

it('fires a trigger without an active rule into nothing', async () => {
  await runtime.client.triggers.create({ name: 'lonely' })
  const before = runtime.openwhisk.activations.finished.length

  const answer = await fetch(`${runtime.openwhisk.url}/api/v1/namespaces/_/triggers/lonely`, {
    method: 'POST',
    headers: { authorization: 'Bearer token' },
  })

  expect(answer.status).toBe(204)
  expect(runtime.openwhisk.activations.finished).toHaveLength(before)
})

it('names the runs that a trigger started in the logs of its activation', async () => {
  const parameters = [
    { key: 'from', value: 'trigger' },
    { key: 'n', value: 1 },
  ]
  await runtime.client.triggers.create({ name: 'wake', trigger: { parameters } })
  await runtime.client.rules.create({ name: 'wake-run', trigger: '/_/wake', action: '/_/probe/run' })

  const fired = (await runtime.client.triggers.invoke({ name: 'wake', params: { n: 2 } })) as Fired
  const { logs } = await runtime.client.activations.get({ name: fired.activationId })
  const { activationId } = JSON.parse(logs.join()) as Fired
  while (!runtime.openwhisk.activations.find(activationId))
    await new Promise((resolve) => setImmediate(resolve))
  expect(runtime.openwhisk.activations.find(activationId)?.response.result).toMatchObject({
    params: { from: 'trigger', n: 2 },
  })
})
