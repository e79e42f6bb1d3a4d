import { JobError } from '../../../../src/errors'
import { pollAccepted } from '../../../../src/pipeline/delivery/poll-accepted'
import { EngineSettings } from '../../../../src/pipeline/settings'
import { newDocument } from '../../../../src/state/state-document'
import { identity, staged } from '../../../fixtures/delivery-world'
import { answeringDestination } from '../../../fixtures/answering-destination'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { PollAnswer } from '../../../../src/destinations/destination'
import type { Script } from '../../../fixtures/answering-destination'

function ask(poll: NonNullable<Script['poll']>, batches = 3, change: Script['change'] = {}) {
  const clock = virtualClock({ leap: true })
  const { open, requests } = answeringDestination({ kind: 'named', poll, change })
  const outbox = Array.from({ length: batches }, (_, index) => ({
    ...staged(`b${index}`),
    state: 'accepted' as const,
    receipt: 'r',
    acceptedAt: 0,
  }))
  const document = { ...newDocument('job'), identities: [identity], outbox: [...outbox, staged('later')] }
  const context = { destination: open(clock), settings: EngineSettings.parse({}), clock }
  return { requests, done: pollAccepted(context, document, new AbortController().signal) }
}

it.each<[PollAnswer, boolean]>([
  [{ kind: 'processing' }, false],
  [{ kind: 'unknown', message: 'HTTP 500' }, false],
  [{ kind: 'throttled', retryAfterMs: null }, false],
  [{ kind: 'done', rows: 2 }, true],
  [{ kind: 'failed', cause: 'broken', message: 'no' }, true],
  [{ kind: 'unauthorized', message: 'expired' }, true],
  [{ kind: 'not-permitted', message: 'no' }, true],
  [{ kind: 'not-sent', message: 'down' }, true],
])('the answer %j needs a run with the lease: %s', async (answer, worth) => {
  expect(await ask(() => answer).done).toBe(worth)
})

it('every accepted batch is polled, at the rate limit of the destination, until one answer changes something', async () => {
  const all = ask(() => ({ kind: 'processing' }))
  const some = ask(({ id }) => (id === 'b1' ? { kind: 'done', rows: 2 } : { kind: 'processing' }))

  expect(await all.done).toBe(false)
  expect(await some.done).toBe(true)

  expect(all.requests.map(({ id }) => id)).toEqual(['b0', 'b1', 'b2'])
  expect(all.requests.map(({ at }) => at)).toEqual([0, 1_000, 2_000])
  expect(some.requests.map(({ id }) => id)).toEqual(['b0', 'b1'])
})

it('more batches than can be polled in time are left to a run', async () => {
  const { done, requests } = ask(() => ({ kind: 'processing' }), 100)

  expect(await done).toBe(true)
  expect(requests.length).toBeLessThan(62)
})

it('a token error is left to a run, which stores it in a report', async () => {
  const refused = new JobError('token-refused', 'invalid_client', 'Check the secret.')

  expect(await ask(() => Promise.reject(refused)).done).toBe(true)
  await expect(ask(() => Promise.reject(new TypeError('mistake'))).done).rejects.toThrow('mistake')
})

it('batches of another destination are not polled, but reported by a run', async () => {
  const { done, requests } = ask(() => ({ kind: 'processing' }), 1, {
    identity: { ...identity, address: 'elsewhere' },
  })

  expect(await done).toBe(true)
  expect(requests).toEqual([])
})
