import { createAlarms } from '../../../../emulators/app-builder/alarms'
import { virtualClock } from '../../../fixtures/virtual-clock'

const hourMs = 60 * 60 * 1000

function setUp(cron: string, payload?: unknown) {
  const clock = virtualClock({ start: Date.UTC(2026, 10, 21, 10, 20) })
  const fired: { at: string; payload: object }[] = []
  const alarms = createAlarms(clock, (_trigger, passed) => {
    fired.push({ at: new Date(clock.now()).toISOString(), payload: passed })
    return null
  })
  const create = { lifecycleEvent: 'CREATE', triggerName: '/ns/wake', cron, trigger_payload: payload }
  const reply = alarms.feed(create)
  return { clock, alarms, fired, reply, times: () => fired.map(({ at }) => at.slice(5, 16)) }
}

it('fires an alarm by its cron, in UTC', async () => {
  const { clock, alarms, times } = setUp('0 0,12 * * *')
  alarms.start()

  await clock.advance(26 * hourMs)

  expect(times()).toEqual(['11-21T12:00', '11-22T00:00', '11-22T12:00'])
})

it('fires an alarm whose next tick is later than the maximum of a timer', async () => {
  const { clock, alarms, times } = setUp('0 0 31 12 *')
  alarms.start()

  await clock.advance(45 * 24 * hourMs)

  expect(times()).toEqual(['12-31T00:00'])
})

it('does not catch up on ticks that were missed during an outage', async () => {
  const { clock, alarms, times } = setUp('0 * * * *')
  alarms.start()
  await clock.advance(hourMs)
  alarms.stop()
  await clock.advance(3 * hourMs)
  alarms.start()

  await clock.advance(hourMs)

  expect(times()).toEqual(['11-21T11:00', '11-21T15:00'])
})

it('replaces the cron of an alarm that is created again', async () => {
  const { clock, alarms, times } = setUp('0 * * * *')
  alarms.start()
  alarms.feed({ lifecycleEvent: 'CREATE', triggerName: '/ns/wake', cron: '30 * * * *' })

  await clock.advance(hourMs)

  expect(times()).toEqual(['11-21T10:30'])
})

it('fires no deleted alarm', async () => {
  const { clock, alarms, fired } = setUp('0 * * * *')
  alarms.start()
  alarms.feed({ lifecycleEvent: 'DELETE', triggerName: '/ns/wake' })

  await clock.advance(2 * hourMs)

  expect(fired).toEqual([])
})

it.each([
  ['that is an object', { job: 'flights' }, { job: 'flights' }],
  ['that is JSON text', '{"job":"flights"}', { job: 'flights' }],
  ['that is other text', 'flights', { payload: 'flights' }],
  ['that is missing', undefined, {}],
])('passes on a payload %s', (_what, given, passed) => {
  const { alarms, fired } = setUp('0 * * * *', given)

  alarms.tick('wake')

  expect(fired.map(({ payload }) => payload)).toEqual([passed])
})

it.each([
  ['an invalid cron', { lifecycleEvent: 'CREATE', triggerName: '/ns/x', cron: 'often' }],
  ['the deletion of an unknown alarm', { lifecycleEvent: 'DELETE', triggerName: '/ns/x' }],
  ['an unknown lifecycle event', { lifecycleEvent: 'PAUSE', triggerName: '/ns/wake' }],
])('answers %s with an application error', (_what, params) => {
  const { alarms } = setUp('0 * * * *')

  expect(alarms.feed(params).status).toBe(502)
})
