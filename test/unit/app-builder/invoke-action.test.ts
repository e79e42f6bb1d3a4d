import { startEmulator } from '../../../emulators/emulator'
import { invokeAction } from '../../../src/app-builder/invoke-action'
import { loopbackHttp as http } from '../../fixtures/loopback-http'
import { virtualClock } from '../../fixtures/virtual-clock'
import type { Emulator, Reply } from '../../../emulators/emulator'

const full: Reply = { status: 429, body: { error: 'Too many concurrent requests in flight.' } }
const accepted: Reply = { status: 202, body: { activationId: 'run' } }

let server: Emulator
afterEach(() => server.stop())

/** Invokes `run-job` in a namespace that answers the calls one by one, and the last answer from then on. */
async function invoke(...answers: readonly Reply[]): Promise<string> {
  let calls = 0
  server = await startEmulator(() => answers[Math.min(calls++, answers.length - 1)] ?? accepted)
  const namespace = { apiHost: server.url, name: 'ns', packageName: 'analytics-ingest', auth: 'uuid:key' }
  const policy = { clock: virtualClock({ leap: true }), random: () => 0.5 }
  return invokeAction(http, policy, namespace, 'run-job', { job: 'orders' })
}

it('an invocation that a full namespace refuses is repeated', async () => {
  expect(await invoke(full, { ...full, headers: { 'retry-after': '2' } }, accepted)).toBe('run')
  expect(server.requests).toHaveLength(3)
  expect(server.requests[2]?.url).toBe(
    '/api/v1/namespaces/ns/actions/analytics-ingest/run-job?blocking=false',
  )
})

it('an invocation ends as unavailable, not as a defect, where the namespace stays full', async () => {
  await expect(invoke(full)).rejects.toMatchObject({
    code: 'action-unavailable',
    message: 'run-job could not be invoked: the namespace is full (HTTP 429).',
  })
  expect(server.requests).toHaveLength(3)
})

it('an invocation ends as unavailable where no answer comes', async () => {
  server = await startEmulator(() => accepted)
  for (let calls = 0; calls < 3; calls += 1) server.once({ kind: 'cut-before' })
  const namespace = { apiHost: server.url, name: 'ns', packageName: 'analytics-ingest', auth: 'uuid:key' }
  const policy = { clock: virtualClock({ leap: true }), random: () => 0.5 }

  await expect(invokeAction(http, policy, namespace, 'run-job', {})).rejects.toMatchObject({
    code: 'action-unavailable',
  })
})
