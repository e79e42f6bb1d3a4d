import { createRequestPace } from '../../../../src/pipeline/delivery/request-pace'
import { virtualClock } from '../../../fixtures/virtual-clock'

const { signal } = new AbortController()

it('a slot is free an interval after the one before was taken', async () => {
  const clock = virtualClock()
  const pace = createRequestPace(1_000, clock)

  pace.take()
  const waits = [pace.waitMs()]
  await clock.advance(400)
  waits.push(pace.waitMs())
  await clock.advance(700)
  waits.push(pace.waitMs())

  expect(waits).toEqual([1_000, 600, 0])
})

it('requests leave an interval apart, however unevenly the writes before them end', async () => {
  const clock = virtualClock()
  const pace = createRequestPace(1_000, clock)
  const left: number[] = []
  const leave = () => pace.leave(signal).then(() => left.push(clock.monotonic()))

  await leave()
  await Promise.all([leave(), leave(), clock.advance(5_000)])
  await leave()

  expect(left).toEqual([0, 1_000, 2_000, 5_000])
})

it('a request does not leave once its signal is aborted', async () => {
  const clock = virtualClock()
  const pace = createRequestPace(1_000, clock)
  const window = new AbortController()
  await pace.leave(signal)

  const leaving = pace.leave(window.signal)
  window.abort(new Error('closed'))

  await expect(leaving).rejects.toThrow('closed')
  await expect(pace.leave(window.signal)).rejects.toThrow('closed')
})

it('a pause keeps all slots taken', () => {
  const pace = createRequestPace(1_000, virtualClock())

  pace.pause(8_000)
  pace.take()

  expect(pace.waitMs()).toBe(8_000)
})
