import { randomBytes } from 'node:crypto'
import { createSessions } from '../../../../src/app-builder/status/sessions'
import { createSealer } from '../../../../src/state/sealer'
import { errorOf } from '../../../fixtures/error-of'
import { memorySingleUse } from '../../../fixtures/memory-single-use'
import { virtualClock } from '../../../fixtures/virtual-clock'

const minute = 60_000
const hour = 60 * minute

function world() {
  const clock = virtualClock()
  const sealer = createSealer(randomBytes(32))
  return { clock, sealer, sessions: createSessions(sealer, memorySingleUse(), clock) }
}

it('a link opens one session, and looking at it does not use it up', async () => {
  const { sessions } = world()
  const link = sessions.makeLink()

  expect(await sessions.isOpen(link)).toBe(true)
  expect(await sessions.isOpen(link)).toBe(true)
  const { id, cookie } = await sessions.open(link)
  expect(sessions.find(cookie)?.id).toBe(id)
  expect(await sessions.isOpen(link)).toBe(false)
  expect(await errorOf(sessions.open(link))).toMatchObject({ code: 'caller-unauthorized' })
})

it('a link ends after an hour, a session after eight', async () => {
  const { sessions, clock } = world()
  const [early, late] = [sessions.makeLink(), sessions.makeLink()]
  await clock.advance(hour - 1)
  const { cookie } = await sessions.open(early)
  await clock.advance(1)

  expect(await sessions.isOpen(late)).toBe(false)
  expect(await errorOf(sessions.open(late))).toMatchObject({ code: 'caller-unauthorized' })
  await clock.advance(8 * hour - 2)
  expect(sessions.find(cookie)).not.toBeNull()
  await clock.advance(1)
  expect(sessions.find(cookie)).toBeNull()
})

it('a link is no session, a session is no link, and a form token is neither', async () => {
  const { sessions } = world()
  const session = sessions.begin()
  const [link, token] = [sessions.makeLink(), sessions.formToken(session)]

  expect([link, token, '', 'v1.', undefined].map((text) => sessions.find(text))).toEqual(Array(5).fill(null))
  expect(await Promise.all([session.cookie, token, ''].map((text) => sessions.isOpen(text)))).toEqual([
    ...[false, false, false],
  ])
  expect([link, session.cookie, ''].map((text) => sessions.isFormToken(text, session))).toEqual([
    ...[false, false, false],
  ])
})

it('a form token belongs to its session alone', () => {
  const { sessions } = world()
  const [mine, theirs] = [sessions.begin(), sessions.begin()]

  expect(sessions.isFormToken(sessions.formToken(mine), mine)).toBe(true)
  expect(sessions.isFormToken(sessions.formToken(theirs), mine)).toBe(false)
})

it('another key opens nothing', async () => {
  const { sessions, clock } = world()
  const others = createSessions(createSealer(randomBytes(32)), memorySingleUse(), clock)

  expect(others.find(sessions.begin().cookie)).toBeNull()
  expect(await others.isOpen(sessions.makeLink())).toBe(false)
})
