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

it('fires by cron, in UTC', async () => {
  const { clock, alarms, times } = setUp('0 0,12 * * *')
  alarms.start()

  await clock.advance(26 * hourMs)

  expect(times()).toEqual(['11-21T12:00', '11-22T00:00', '11-22T12:00'])
})

it('waits for a cron that is farther off than a timer can hold', async () => {
  const { clock, alarms, times } = setUp('0 0 31 12 *')
  alarms.start()

  await clock.advance(45 * 24 * hourMs)

  expect(times()).toEqual(['12-31T00:00'])
})

it('does not catch up on what it missed', async () => {
  const { clock, alarms, times } = setUp('0 * * * *')
  alarms.start()
  await clock.advance(hourMs)
  alarms.stop()
  await clock.advance(3 * hourMs)
  alarms.start()

  await clock.advance(hourMs)

  expect(times()).toEqual(['11-21T11:00', '11-21T15:00'])
})

it('follows the new cron alone when it is created again', async () => {
  const { clock, alarms, times } = setUp('0 * * * *')
  alarms.start()
  alarms.feed({ lifecycleEvent: 'CREATE', triggerName: '/ns/wake', cron: '30 * * * *' })

  await clock.advance(hourMs)

  expect(times()).toEqual(['11-21T10:30'])
})

it('is silent once it is deleted', async () => {
  const { clock, alarms, fired } = setUp('0 * * * *')
  alarms.start()
  alarms.feed({ lifecycleEvent: 'DELETE', triggerName: '/ns/wake' })

  await clock.advance(2 * hourMs)

  expect(fired).toEqual([])
})

it.each([
  ['an object', { job: 'flights' }, { job: 'flights' }],
  ['JSON', '{"job":"flights"}', { job: 'flights' }],
  ['other text', 'flights', { payload: 'flights' }],
  ['nothing', undefined, {}],
])('passes a payload that is %s', (_what, given, passed) => {
  const { alarms, fired } = setUp('0 * * * *', given)

  alarms.tick('wake')

  expect(fired.map(({ payload }) => payload)).toEqual([passed])
})

it.each([
  ['a cron that is none', { lifecycleEvent: 'CREATE', triggerName: '/ns/x', cron: 'often' }],
  ['the deletion of an alarm that is not there', { lifecycleEvent: 'DELETE', triggerName: '/ns/x' }],
  ['an unknown event', { lifecycleEvent: 'PAUSE', triggerName: '/ns/wake' }],
])('answers %s with an application error', (_what, params) => {
  const { alarms } = setUp('0 * * * *')

  expect(alarms.feed(params).status).toBe(502)
})
