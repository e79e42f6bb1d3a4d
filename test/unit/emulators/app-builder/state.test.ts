import { startState } from '../../../../emulators/app-builder/state'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { StateEmulator } from '../../../../emulators/app-builder/state'

const day = 24 * 60 * 60
const clock = virtualClock()
let state: StateEmulator

beforeAll(async () => {
  state = await startState({ apiKey: 'uuid:key', now: () => clock.now() })
  process.env.AIO_STATE_ENDPOINT = state.url
})
beforeEach(() => {
  state.entries.clear()
})
afterAll(() => state.stop())

const client = async (auth = 'uuid:key', namespace = '12345-ingest-stage') => {
  const { init } = await import('@adobe/aio-lib-state')
  return init({ ow: { namespace, auth } })
}
const put = (query: string, body = 'value') =>
  fetch(`${state.url}/containers/12345-ingest-stage/data/key${query}`, {
    method: 'PUT',
    body,
    headers: { authorization: `Basic ${btoa('uuid:key')}` },
  })

it('keeps a value until the expiration that aio-lib-state reads', async () => {
  const official = await client()
  await official.put('key', 'value', { ttl: 60 })

  const found = await official.get('key')
  await clock.advance(60_000)

  expect(found).toEqual({ value: 'value', expiration: new Date(clock.now()).toISOString() })
  expect(await official.get('key')).toBeUndefined()
})

it.each(['', '?ttl=0'])('keeps a value for a day with the query "%s"', async (query) => {
  await put(query)

  expect(state.entries.get('12345-ingest-stage/key')?.expiresAt).toBe(clock.now() + day * 1000)
})

it('answers whether a deleted key existed', async () => {
  const official = await client()
  await official.put('key', 'value')

  expect([await official.delete('key'), await official.delete('key')]).toEqual(['key', null])
})

it('lists matching keys in pages and omits expired ones', async () => {
  const official = await client()
  const expiresAt = clock.now() + 1000
  for (let index = 0; index < 2500; index += 1) {
    state.entries.set(`12345-ingest-stage/token-${index}`, { value: Buffer.from(''), expiresAt })
  }
  await official.put('other', 'value')
  state.entries.set('12345-ingest-stage/token-old', { value: Buffer.from(''), expiresAt: clock.now() })

  const pages: number[] = []
  for await (const { keys } of official.list({ match: 'token-*' })) pages.push(keys.length)

  expect(pages).toEqual([1000, 1000, 500])
})

it('separates namespaces', async () => {
  await (await client()).put('key', 'value')

  expect(await (await client('uuid:key', '12345-other-stage')).get('key')).toBeUndefined()
})

it('refuses a wrong key of the namespace', async () => {
  await expect((await client('uuid:wrong')).get('key')).rejects.toMatchObject({ code: 'ERROR_UNAUTHORIZED' })
})

it.each([
  ['a value of more than 1 MB', 413, '', 'x'.repeat(1024 * 1024 + 1)],
  ['a time to live of more than a year', 400, `?ttl=${365 * day + 1}`, 'value'],
  ['a time to live below zero', 400, '?ttl=-1', 'value'],
])('refuses %s with %d', async (_, status, query, body) => {
  expect((await put(query, body)).status).toBe(status)
})

it('refuses keys with characters that State does not allow', async () => {
  const answer = await fetch(`${state.url}/containers/12345-ingest-stage/data/a:b`)

  expect(answer.status).toBe(400)
})
