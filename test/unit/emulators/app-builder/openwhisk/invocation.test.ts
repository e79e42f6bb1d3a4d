import { deployToken, startProbeRuntime } from '../../../../fixtures/probe-runtime'
import { virtualClock } from '../../../../fixtures/virtual-clock'
import type { Activation } from '../../../../../emulators/app-builder/openwhisk/activation'
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

/** Runs an action to its end and returns the activation. */
async function run(name: string, params: object = {}): Promise<Activation> {
  return (await runtime.client.actions.invoke({
    name: `probe/${name}`,
    params,
    blocking: true,
  })) as unknown as Activation
}

function annotationsOf({ annotations }: Activation): Record<string, unknown> {
  return Object.fromEntries(annotations.map(({ key, value }) => [key, value]))
}

it('returns the activation, or its result alone, to a blocking caller', async () => {
  const activation = await invoke({ n: 1 }, { blocking: true })
  const result = await invoke({ n: 1 }, { blocking: true, result: true })

  expect(activation).toMatchObject({ response: { success: true, result: { params: { n: 1 } } } })
  expect(result).toMatchObject({ params: { n: 1 } })
})

it('returns 502 and the error of an action that throws', async () => {
  await expect(invoke({ do: 'throw' }, { blocking: true })).rejects.toMatchObject({
    statusCode: 502,
    error: { response: { status: 'application error', result: { error: { name: 'TypeError' } } } },
  })
})

it('returns 429 while as many activations run as the namespace may have', async () => {
  const full = await startProbeRuntime({ activationsAtOnce: 1 })
  await full.putProbe('run')
  await full.client.actions.invoke({ name: 'probe/run', params: { do: 'sleep', ms: 3_600_000 } })

  await expect(full.client.actions.invoke({ name: 'probe/run' })).rejects.toMatchObject({
    statusCode: 429,
    error: { error: 'Too many concurrent requests in flight (count: 1, allowed: 1).' },
  })
  await full.openwhisk.stop()
})

it('returns 202 after 60 s and completes the activation', async () => {
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

it('lists the newest activations first, without their logs', async () => {
  await invoke({ do: 'log' }, { blocking: true })

  const [newest] = (await runtime.client.activations.list({ limit: 1 })) as object[]

  expect(newest).toMatchObject({ name: 'run', statusCode: 0 })
  expect(newest).not.toHaveProperty('logs')
})

it('lists and counts activations of one action and of a stretch of time', async () => {
  await runtime.putProbe('counted')
  const first = await run('counted')
  await run('counted')

  const named = { name: 'counted', count: true } as object
  const none = { upto: first.start - 1, count: true } as object

  expect(await runtime.client.activations.list(named)).toEqual({ activations: 2 })
  expect(await runtime.client.activations.list({ ...named, ...none })).toEqual({ activations: 0 })
})

it('annotates every activation with its wait time, and one after a cold start with its init time', async () => {
  await runtime.putProbe('fresh')

  const cold = await run('fresh')
  const warm = await run('fresh')

  expect(annotationsOf(cold)).toMatchObject({
    path: '12345-probe-stage/probe/fresh',
    kind: 'nodejs:22',
    timeout: false,
    waitTime: expect.any(Number) as number,
    initTime: expect.any(Number) as number,
  })
  expect(cold.duration).toBeGreaterThanOrEqual(annotationsOf(cold).initTime as number)
  expect(annotationsOf(warm)).toMatchObject({ waitTime: expect.any(Number) as number })
  expect(annotationsOf(warm)).not.toHaveProperty('initTime')
})

it('annotates an activation that exceeded its time limit', async () => {
  await runtime.putProbe('hasty', { limits: { timeout: 100 } })

  await expect(run('hasty', { do: 'sleep', ms: 60_000 })).rejects.toMatchObject({ statusCode: 502 })

  const [newest] = (await runtime.client.activations.list({ limit: 1 })) as unknown as Activation[]
  expect(newest && annotationsOf(newest)).toMatchObject({ timeout: true })
})

it('runs the new code after an action was deleted and deployed again with the same version', async () => {
  await runtime.putProbe('replaced')
  const before = await run('replaced')
  await runtime.client.actions.delete({ name: 'probe/replaced' })
  await runtime.putProbe('replaced')

  const after = await run('replaced')

  expect(after.version).toBe(before.version)
  expect(instanceOf(after)).not.toBe(instanceOf(before))
})

function instanceOf({ response }: Activation): unknown {
  return (response.result as { instance: string }).instance
}

it('starts no action for a trigger without active rules', async () => {
  await runtime.client.triggers.create({ name: 'lonely' })
  const before = runtime.openwhisk.activations.finished.length

  const answer = await fetch(`${runtime.openwhisk.url}/api/v1/namespaces/_/triggers/lonely`, {
    method: 'POST',
    headers: { authorization: `Bearer ${deployToken}` },
  })

  expect(answer.status).toBe(204)
  expect(runtime.openwhisk.activations.finished).toHaveLength(before)
})

it("logs the activations that a trigger started, and passes them the trigger's parameters", async () => {
  const parameters = [
    { key: 'from', value: 'trigger' },
    { key: 'n', value: 1 },
  ]
  await runtime.client.triggers.create({ name: 'wake', trigger: { parameters } })
  await runtime.client.rules.create({ name: 'wake-run', trigger: '/_/wake', action: '/_/probe/run' })

  const fired = (await runtime.client.triggers.invoke({ name: 'wake', params: { n: 2 } })) as Fired
  const trigger = await runtime.client.activations.get({ name: fired.activationId })
  const { activationId } = JSON.parse(trigger.logs.join()) as Fired
  while (!runtime.openwhisk.activations.find(activationId))
    await new Promise((resolve) => setImmediate(resolve))
  expect(trigger).not.toHaveProperty('duration')
  expect(runtime.openwhisk.activations.find(activationId)?.response.result).toMatchObject({
    params: { from: 'trigger', n: 2 },
  })
})
