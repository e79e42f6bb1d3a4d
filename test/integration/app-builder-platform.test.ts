import openwhiskClient from 'openwhisk'
import { startOpenWhisk } from '../../emulators/app-builder/openwhisk/openwhisk'
import { alarm, apiKey, createProbeApp, namespace, probe } from '../fixtures/probe-app'
import type { Activation } from '../../emulators/app-builder/openwhisk/activation'
import type { OpenWhiskEmulator } from '../../emulators/app-builder/openwhisk/openwhisk'

const every15 = { cron: '*/15 * * * *', trigger_payload: { job: 'flights' } }
const app = createProbeApp()
let openwhisk: OpenWhiskEmulator

beforeAll(async () => {
  openwhisk = await startOpenWhisk({ namespace, apiKey, env: { EXTRA: 'set from outside' } })
  await app.deploy(openwhisk, {
    inputs: { FROM_PACKAGE: 'package' },
    actions: {
      probe: probe({ annotations: { 'provide-api-key': true }, inputs: { BOUND: 'input' } }),
      single: probe({ limits: { concurrency: 1 } }),
      hasty: probe({ limits: { timeout: 500 } }),
      small: probe({ limits: { memorySize: 128 } }),
      sealed: probe({ annotations: { final: true }, inputs: { job: 'bound' } }),
    },
    triggers: {
      ...alarm('every-15', 'single', every15).triggers,
      ...alarm('sealed-alarm', 'sealed', every15).triggers,
    },
    rules: {
      ...alarm('every-15', 'single', every15).rules,
      ...alarm('sealed-alarm', 'sealed', every15).rules,
    },
  })
})
afterAll(async () => {
  await openwhisk.stop()
  app.remove()
})

const client = () => openwhiskClient({ apihost: openwhisk.url, api_key: apiKey, namespace })

/** Runs an action to its end, whatever that is. */
async function run(name: string, params: object): Promise<Activation> {
  const { activationId } = await client().actions.invoke<object, { activationId: string }>({
    name: `probe/${name}`,
    params,
  })
  for (;;) {
    const activation = openwhisk.activations.find(activationId)
    if (activation) return activation
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function untilOneIsBusy(): Promise<void> {
  while (openwhisk.activations.busy().length === 0) await new Promise((resolve) => setImmediate(resolve))
}

describe('an action', () => {
  it('gets the inputs of its package, its own, and those of the caller', async () => {
    const { response } = await run('probe', { n: '3' })

    expect(response.result).toMatchObject({
      params: { FROM_PACKAGE: 'package', BOUND: 'input', n: '3' },
    })
  })

  it('finds its name in the environment, and the key of the namespace only by annotation', async () => {
    const annotated = await run('probe', {})
    const plain = await run('single', {})

    expect(annotated.response.result).toMatchObject({
      env: {
        __OW_ACTIVATION_ID: annotated.activationId,
        __OW_ACTION_NAME: `/${namespace}/probe/probe`,
        __OW_NAMESPACE: namespace,
        __OW_API_HOST: openwhisk.url,
        __OW_API_KEY: apiKey,
        __OW_ALLOW_CONCURRENT: 'true',
        __OW_DEADLINE: expect.stringMatching(/^\d{13}$/) as string,
        EXTRA: 'set from outside',
      },
    })
    expect(plain.response.result).not.toHaveProperty('env.__OW_API_KEY')
  })

  it('stays warm for the next run', async () => {
    const first = await run('single', {})
    const second = await run('single', {})

    expect(instanceOf(second)).toBe(instanceOf(first))
  })

  it('runs in a container of its own where containers take one run at a time', async () => {
    const busy = run('single', { do: 'sleep', ms: 3_600_000 })
    await untilOneIsBusy()

    const second = await run('single', {})

    expect(second.response.success).toBe(true)
    expect(openwhisk.activations.busy()).toHaveLength(1)
    openwhisk.activations.killAll()
    await busy
  })

  it('has its output in the logs of the activation', async () => {
    const { activationId } = await run('single', { do: 'log' })

    const { logs } = await client().activations.logs({ name: activationId })

    expect(logs).toHaveLength(2)
    expect(logs).toContainEqual(expect.stringMatching(/^\d{4}-\S+Z stdout: to stdout$/))
    expect(logs).toContainEqual(expect.stringMatching(/^\d{4}-\S+Z stderr: to stderr$/))
  })

  it.each([
    ['throws', 'probe', { do: 'throw' }, 1, { message: 'broken on purpose' }],
    ['returns text', 'probe', { do: 'text' }, 2, 'The action did not return a dictionary or array.'],
    ['ends the process', 'probe', { do: 'exit' }, 2, 'did not produce a valid response and exited'],
    ['outlives its time', 'hasty', { do: 'sleep', ms: 60_000 }, 2, 'exceeded its time limits of 500 milli'],
    ['outgrows its memory', 'small', { do: 'allocate' }, 2, 'exhausted its memory'],
    ['returns more than 1 MB', 'probe', { do: 'long' }, 1, 'exceeded the allowed length'],
  ])('that %s fails as on the platform', async (_what, name, params, statusCode, error) => {
    const { response } = await run(name, params)

    expect(response).toMatchObject({
      success: false,
      statusCode,
      result: { error: typeof error === 'string' ? (expect.stringContaining(error) as string) : error },
    })
  })

  it('that is killed in the middle of a run leaves a failed activation, and the next run starts cold', async () => {
    const before = await run('single', {})
    const killed = run('single', { do: 'sleep', ms: 60_000 })
    await untilOneIsBusy()

    openwhisk.activations.killAll()
    const { response } = await killed
    const after = await run('single', {})

    expect(response).toMatchObject({ success: false, statusCode: 2 })
    expect(after.response.success).toBe(true)
    expect(instanceOf(after)).not.toBe(instanceOf(before))
  })

  it('refuses a payload that overrides a bound input of a final action', async () => {
    const call = client().actions.invoke({ name: 'probe/sealed', params: { job: 'other' } })

    await expect(call).rejects.toMatchObject({ statusCode: 400 })
  })
})

describe('an alarm', () => {
  it('passes its payload beside its own parameters', async () => {
    const [activation] = await openwhisk.tick('every-15')

    expect(activation?.response.result).toMatchObject({
      params: { cron: every15.cron, trigger_payload: every15.trigger_payload, job: 'flights' },
    })
  })

  it('that fires twice runs its action twice at once', async () => {
    const [[one], [two]] = await Promise.all([openwhisk.tick('every-15'), openwhisk.tick('every-15')])

    expect(one?.response.success).toBe(true)
    expect(instanceOf(one)).not.toBe(instanceOf(two))
  })

  it('whose payload overrides a final input fails, which only the logs of its trigger show', async () => {
    const started = await openwhisk.tick('sealed-alarm')

    const [activation] = openwhisk.activations.finished.slice(-1)
    expect(started).toEqual([])
    expect(activation).toMatchObject({ name: 'sealed-alarm', response: { success: true } })
    expect(activation?.logs.join()).toContain('parameters that are not allowed')
  })
})

function instanceOf(activation: Activation | undefined): unknown {
  return (activation?.response.result as { instance?: string } | undefined)?.instance
}
