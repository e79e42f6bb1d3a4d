import { setMaxListeners } from 'node:events'
import { createRequestWindow } from '../../../src/http/request-window'
import { virtualClock } from '../../fixtures/virtual-clock'

const limit = { requests: 12, windowMs: 6_000 }
const { signal } = new AbortController()
setMaxListeners(40, signal)

it('a request window permits 12 requests at once, and at most 12 in any 6 s', async () => {
  const clock = virtualClock()
  const window = createRequestWindow(limit, clock)
  const leftAt: number[] = []
  const asked = Array.from({ length: 40 }, async () => {
    await window.enter(signal)
    leftAt.push(clock.monotonic())
  })

  await clock.advance(0)
  for (let second = 0; second < 60; second += 1) await clock.advance(1_000)
  await Promise.all(asked)

  expect(leftAt.filter((at) => at === 0)).toHaveLength(12)
  for (const [index, at] of leftAt.entries())
    expect(at - (leftAt[index - 12] ?? -Infinity)).toBeGreaterThanOrEqual(6_000)
  expect(leftAt.at(-1)).toBe(18_000)
})

it('a request window frees a slot after its interval: requests that come slowly never wait', async () => {
  const clock = virtualClock()
  const window = createRequestWindow(limit, clock)

  for (let index = 0; index < 30; index += 1) {
    await window.enter(signal)
    await clock.advance(500)
  }

  expect(clock.monotonic()).toBe(15_000)
})

it('a wait for a slot ends with the signal', async () => {
  const clock = virtualClock()
  const window = createRequestWindow({ requests: 1, windowMs: 6_000 }, clock)
  const over = new AbortController()
  await window.enter(over.signal)
  const waiting = window.enter(over.signal)

  over.abort(new Error('over'))

  await expect(waiting).rejects.toThrow('over')
  await expect(window.enter(over.signal)).rejects.toThrow('over')
})
