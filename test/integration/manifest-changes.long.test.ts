import { startOpenWhisk } from '../../emulators/app-builder/openwhisk/openwhisk'
import { alarm, apiKey, createProbeApp, namespace, probe } from '../fixtures/probe-app'
import type { OpenWhiskEmulator } from '../../emulators/app-builder/openwhisk/openwhisk'

const hourly = alarm('hourly', 'run', { cron: '0 * * * *', trigger_payload: { job: 'a' } })
const daily = alarm('daily', 'run', { cron: '0 0 * * *', trigger_payload: { job: 'a' } })
const actions = { run: probe() }

const app = createProbeApp()
let openwhisk: OpenWhiskEmulator

beforeEach(async () => {
  openwhisk = await startOpenWhisk({ namespace, apiKey })
  await app.deploy(openwhisk, { actions, ...hourly })
})
afterEach(() => openwhisk.stop())
afterAll(() => app.remove())

it('a trigger renamed in the manifest keeps firing beside the new one', async () => {
  await app.deploy(openwhisk, { actions, ...daily })

  expect([...openwhisk.alarms.all.keys()]).toEqual(['hourly', 'daily'])
  expect(await openwhisk.tick('hourly')).toHaveLength(1)
})

it('an undeploy before the change removes the old trigger', async () => {
  await app.undeploy(openwhisk)
  await app.deploy(openwhisk, { actions, ...daily })

  expect([...openwhisk.alarms.all.keys()]).toEqual(['daily'])
  expect([...openwhisk.entities.triggers.keys()]).toEqual(['daily'])
  expect([...openwhisk.entities.rules.keys()]).toEqual(['daily-rule'])
})

it('a changed cron replaces the old one', async () => {
  await app.deploy(openwhisk, {
    actions,
    ...alarm('hourly', 'run', { cron: '*/15 * * * *', trigger_payload: { job: 'b' } }),
  })

  expect([...openwhisk.alarms.all.values()]).toEqual([
    { trigger: 'hourly', cron: '*/15 * * * *', payload: { job: 'b' } },
  ])
})

it('a deploy that fails half-way is completed by the next one', async () => {
  const refuse = { kind: 'reply', reply: { status: 500, body: { error: 'out of order' } } } as const
  // The deploy code tries each call three times.
  for (let attempt = 1; attempt <= 3; attempt += 1)
    openwhisk.once(refuse, ({ method, url }) => method === 'PUT' && url.includes('/actions/'))

  const failing = app.deploy(openwhisk, { actions: { added: probe() } })
  await expect(failing).rejects.toThrow('out of order')
  await app.deploy(openwhisk, { actions: { added: probe() } })

  expect(openwhisk.entities.actions.has('probe/added')).toBe(true)
})
