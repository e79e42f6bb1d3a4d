import { inspect } from 'node:util'
import { createStateStore } from '../../../../src/app-builder/storage/aio-state-store'
import { startState } from '../../../../emulators/app-builder/state'
import { errorOf } from '../../../fixtures/error-of'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { StateEmulator } from '../../../../emulators/app-builder/state'

const namespace = '12345-ingest-stage'
const apiKey = 'canary-uuid:canary-namespace-key'
const year = 365 * 24 * 60 * 60

let clock = virtualClock()
let emulator: StateEmulator

beforeAll(async () => {
  emulator = await startState({ apiKey, now: () => clock.now() })
  process.env.AIO_STATE_ENDPOINT = emulator.url
})
beforeEach(() => {
  clock = virtualClock()
  emulator.requests.length = 0
})
afterAll(() => emulator.stop())

const open = (key = apiKey) => createStateStore({ namespace, apiKey: key, clock })

it('sends keys as hashes, so that keys of any length and alphabet are valid', async () => {
  await open().put('https://example.com/'.repeat(100), 'value', 60)

  expect(emulator.requests[0]?.url).toMatch(/^\/containers\/12345-ingest-stage\/data\/[\da-f]{64}\?ttl=60$/)
})

it.each([
  [0, 1],
  [0.5, 1],
  [90.9, 90],
  [10 * year, year],
])('puts a time to live of %d s as %d s, which the service accepts', async (ttl, sent) => {
  await open().put('ttl', 'value', ttl)

  expect(emulator.requests[0]?.url).toMatch(new RegExp(`ttl=${sent}$`))
})

it('retries where the service is too busy', async () => {
  emulator.once({ kind: 'reply', reply: { status: 429 } })

  await open().put('busy', 'value', 60)

  expect(await open().get('busy')).toBe('value')
})

it('throws store-unreachable where every connection is cut', async () => {
  for (let tries = 0; tries < 4; tries += 1) emulator.once({ kind: 'cut-before' })

  const error = await errorOf(open().get('cut'))

  expect(error.code).toBe('store-unreachable')
})

it('throws store-unreachable, and does not hang, where no answer comes', async () => {
  const arrived = new Promise<void>((resolve) => {
    emulator.once({ kind: 'hang' }, () => {
      resolve()
      return true
    })
  })

  const failing = errorOf(open().get('mute'))
  await arrived
  await clock.advance(10_000)

  expect((await failing).message).toBe('A get in App Builder State failed: no answer within 10000 ms.')
})

it('throws store-refused where the key of the namespace is wrong', async () => {
  const error = await errorOf(open('uuid:wrong').get('any'))

  expect(error.code).toBe('store-refused')
  expect(error.remedy).toContain('provide-api-key')
})

it('throws store-refused where the value is too large', async () => {
  const error = await errorOf(open().put('large', 'x'.repeat(1024 * 1024 + 1), 60))

  expect(error.message).toBe('A put in App Builder State was refused: ERROR_PAYLOAD_TOO_LARGE.')
})

it('keeps the namespace key and the value out of its errors', async () => {
  emulator.once({ kind: 'reply', reply: { status: 400, body: 'canary-value' } })

  const printed = inspect(await errorOf(open().put('any', 'canary-value', 60)), { depth: 10 })

  expect(printed).not.toContain('canary')
  expect(printed).not.toContain(Buffer.from(apiKey).toString('base64'))
})
