import { startEmulator } from '../../emulators/emulator'
import { watchdogAction } from '../../src/app-builder/watchdog-action'
import { jobs } from '../fixtures/app/jobs'
import { startServices } from '../fixtures/services'
import type { Emulator } from '../../emulators/emulator'
import type { Services } from '../fixtures/services'

const watchdog = watchdogAction(jobs)
/** The path of a webhook of Slack: each part of it is a secret. */
const path = '/services/T0CANARY0/B0CANARY0/canaryTokenOfTheWebhook'
const canary = /canary0|canaryToken/i

let services: Services
let receiver: Emulator
let lines: string[]
beforeEach(async () => {
  lines = []
  for (const method of ['log', 'warn', 'error'] as const)
    jest.spyOn(console, method).mockImplementation((...line: unknown[]) => void lines.push(line.join(' ')))
  services = await startServices()
  receiver = await startEmulator(() => ({ status: 200, body: 'ok' }))
})
afterEach(() => Promise.all([services.stop(), receiver.stop()]))

/** One activation of the watchdog, as its alarm starts it. */
function look(params: Readonly<Record<string, unknown>> = {}): Promise<object> {
  const webhook = { ALERT_WEBHOOK_URL: `${receiver.url}${path}`, ALERT_WEBHOOK_KIND: 'slack' }
  // An alarm of the watchdog names no job.
  const withoutJob = (given: object) => Object.entries(given).filter(([name]) => name !== 'job')
  return services.activate((given) => watchdog(Object.fromEntries(withoutJob(given))), {
    ...webhook,
    ...params,
  })
}

async function failingRun(): Promise<void> {
  const reply = { status: 403, body: 'no <access>' }
  services.partner.once({ kind: 'reply', reply }, ({ url }) => url.startsWith('/v1/flights'))
  expect(await services.run()).toMatchObject({ outcome: 'failed', error: { code: 'source-refused' } })
}

it('a failed run is told to Slack once, and the end of the failure once, by an action of its own', async () => {
  await failingRun()
  const first = await look()
  const second = await look()
  await services.run()
  const third = await look()

  expect([first, second, third]).toMatchObject([
    { outcome: 'succeeded', told: 1, conditions: { flights: ['failed'] } },
    { outcome: 'succeeded', told: 0, conditions: { flights: ['failed'] } },
    { outcome: 'succeeded', told: 1, conditions: {} },
  ])
  const texts = receiver.requests.map(({ body }) => (JSON.parse(body.toString()) as { text: string }).text)
  expect(texts).toEqual(['flights: a run failed: source-refused', 'flights: runs no longer fail'])
  expect(receiver.requests.map(({ url }) => url)).toEqual([path, path])
})

it('no part of the URL of a webhook that refuses and repeats it gets into a log line, a result or a file', async () => {
  await failingRun()
  const echo = {
    kind: 'reply',
    reply: { status: 404, body: `no such hook: ${receiver.url}${path}` },
  } as const
  receiver.once(echo)
  const refused = await look()
  receiver.once({ kind: 'cut-before' })
  const unreachable = await look()
  const inspected = await look({ inspect: true })

  expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'webhook-refused' }, waiting: 1 })
  expect(unreachable).toMatchObject({ outcome: 'failed', error: { code: 'webhook-unreachable' } })
  expect(inspected).toMatchObject({
    channel: 'slack',
    claim: null,
    last: { activation: 'activation', outcome: 'failed' },
    toTell: [{ title: 'flights: a run failed: source-refused' }],
  })
  const written = services.files.requests.flatMap(({ method, body }) =>
    method === 'PUT' ? [body.toString()] : [],
  )
  expect(lines.length).toBeGreaterThan(3)
  expect(written.length).toBeGreaterThan(3)
  expect([...lines, ...written, JSON.stringify([refused, unreachable, inspected])].join('\n')).not.toMatch(
    canary,
  )
})

it('without a webhook an alert is a line of the log, once; a webhook that is set later is told all that holds', async () => {
  const none = { ALERT_WEBHOOK_URL: '', ALERT_WEBHOOK_KIND: '' }
  await failingRun()
  await look(none)
  await look(none)
  const alerts = lines.filter((line) => line.includes('"message":"alert"'))
  const told = await look()

  expect(alerts).toHaveLength(1)
  expect(alerts[0]).toContain('flights: a run failed: source-refused')
  expect(told).toMatchObject({ told: 1 })
})

it('a test message shows that messages arrive', async () => {
  expect(await look({ test: 'true' })).toMatchObject({ outcome: 'succeeded', told: 1 })
  expect(receiver.requests[0]?.body.toString()).toContain('Alerts of this app arrive here.')
})
