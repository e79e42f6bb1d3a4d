import { deployApp, undeployApp } from '../../emulators/app-builder/deploy'
import { startOpenWhisk } from '../../emulators/app-builder/openwhisk/openwhisk'
import { fixtureRoot as root } from '../fixtures/app/build'
import { alarmName } from '../fixtures/app/manifest'
import { fixtureAppBuilt } from '../fixtures/run/shared'
import type { OpenWhiskEmulator } from '../../emulators/app-builder/openwhisk/openwhisk'

const namespace = '12345-ingest-stage'
const apiKey = 'uuid:key'

let openwhisk: OpenWhiskEmulator
let target: Parameters<typeof deployApp>[1]

beforeAll(fixtureAppBuilt)
beforeEach(async () => {
  openwhisk = await startOpenWhisk({ namespace, apiKey })
  target = {
    openwhisk,
    namespace,
    apiKey,
    inputs: {
      FLIGHTS_API_BASE_URL: 'http://127.0.0.1:9',
      IMS_OAUTH_S2S_CLIENT_ID: 'id',
      IMS_OAUTH_S2S_CLIENT_SECRET: 'secret',
      IMS_OAUTH_S2S_ORG_ID: 'X@AdobeOrg',
      IMS_OAUTH_S2S_SCOPES: '["openid"]',
    },
  }
})
afterEach(() => openwhisk.stop())

it("App Builder's own deploy code creates package, action, alarm and rule", async () => {
  await deployApp(root, target)

  const { entities, alarms } = openwhisk
  expect([...entities.packages.keys()]).toEqual(['analytics-ingest'])
  expect(entities.actions.get('analytics-ingest/run-job')).toMatchObject({
    exec: { kind: 'nodejs:22' },
    limits: { timeout: 3_600_000, memory: 256, concurrency: 1, logs: 10 },
  })
  expect(alarms.all.get(alarmName)).toMatchObject({ cron: '*/15 * * * *', payload: { job: 'flights' } })
  expect([...entities.rules.values()]).toMatchObject([{ status: 'active' }])
})

it('the credentials of the annotation reach the action, and the platform gives it its key', async () => {
  await deployApp(root, target)

  const action = openwhisk.entities.actions.get('analytics-ingest/run-job')
  expect(action?.parameters).toContainEqual({
    key: '__ims_oauth_s2s',
    value: { client_id: 'id', client_secret: 'secret', org_id: 'X@AdobeOrg', scopes: ['openid'] },
  })
  expect(action?.annotations).toContainEqual({ key: 'provide-api-key', value: true })
})

it('a second deploy replaces everything and re-creates the alarm', async () => {
  await deployApp(root, target)
  await deployApp(root, { ...target, inputs: { ...target.inputs, LOG_LEVEL: 'debug' } })

  const action = openwhisk.entities.actions.get('analytics-ingest/run-job')
  expect(action?.version).toBe('0.0.2')
  expect(action?.parameters).toContainEqual({ key: 'LOG_LEVEL', value: 'debug' })
  const events = openwhisk.requests
    .filter(({ url }) => url.includes('/alarms/alarm'))
    .map(({ body }) => (JSON.parse(body.toString()) as { lifecycleEvent: string }).lifecycleEvent)
  expect(events.slice(-3)).toEqual(['CREATE', 'DELETE', 'CREATE'])
})

it('an undeploy removes everything, the alarm included', async () => {
  await deployApp(root, target)
  await undeployApp(root, target)

  const { packages, actions, triggers, rules } = openwhisk.entities
  expect([packages.size, actions.size, triggers.size, rules.size]).toEqual([0, 0, 0, 0])
  expect(openwhisk.alarms.all.size).toBe(0)
})

it('an entity that the manifest no longer names stays deployed until it is undeployed', async () => {
  await deployApp(root, target)
  const [, deployed] = [...openwhisk.entities.triggers].find(([name]) => name === alarmName) ?? []
  if (deployed) openwhisk.entities.triggers.set('renamed-since', { ...deployed, name: 'renamed-since' })

  await deployApp(root, target)

  expect(openwhisk.entities.triggers.has('renamed-since')).toBe(true)
})

it('an invocation by hand returns the report, or the activation id if it is not blocking', async () => {
  await deployApp(root, target)
  const invoke = (query: string, params: object) =>
    fetch(`${openwhisk.url}/api/v1/namespaces/_/actions/analytics-ingest/run-job?${query}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(apiKey).toString('base64')}` },
      body: JSON.stringify(params),
    })

  const blocking = await invoke('blocking=true&result=true', { job: 'nothing' })
  const handedOver = await invoke('blocking=false', { job: 'nothing' })
  const overriding = await invoke('blocking=true', { job: 'flights', IMS_BASE_URL: 'https://evil.example' })

  expect(blocking.status).toBe(502)
  expect(await blocking.json()).toMatchObject({ outcome: 'failed', error: { code: 'job-unknown' } })
  expect(handedOver.status).toBe(202)
  expect(await handedOver.json()).toMatchObject({ activationId: expect.any(String) as string })
  expect(overriding.status).toBe(400)
})

it('a trigger that is fired by hand runs the job that its alarm would run', async () => {
  await deployApp(root, target)

  const answer = await fetch(`${openwhisk.url}/api/v1/namespaces/_/triggers/${alarmName}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(apiKey).toString('base64')}` },
  })
  expect(answer.status).toBe(202)
  const runOfJob = () => openwhisk.activations.finished.find(({ name }) => name === 'run-job')
  while (!runOfJob()) await new Promise((resolve) => setImmediate(resolve))

  const { reason } = runOfJob()?.response.result as { reason: string }
  expect(['params-invalid', 'job-unknown']).not.toContain(reason)
})
