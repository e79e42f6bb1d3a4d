import { randomBytes } from 'node:crypto'
import { readForm, startRun } from '../../../../src/app-builder/status/commands'
import { createSessions } from '../../../../src/app-builder/status/sessions'
import { JobError } from '../../../../src/errors'
import { createSealer } from '../../../../src/state/sealer'
import { openSingleUse } from '../../../../src/state/single-use'
import { errorOf, errorThrownBy } from '../../../fixtures/error-of'
import { createMemoryBlobStore } from '../../../fixtures/memory-blob-store'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { Platform } from '../../../../src/app-builder/platform'

const origin = 'https://runtime.example'
const clock = virtualClock()
const runtime = { apiHost: origin, namespace: 'ns', actionName: '/ns/analytics-ingest/job-status' }
const platform = { runtime } as unknown as Platform
const singleUse = openSingleUse(createMemoryBlobStore({ clock }), clock)
const sessions = createSessions(createSealer(randomBytes(32)), singleUse, clock)
const session = sessions.begin()
const token = sessions.formToken(session)

function submit(fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) {
  const body = new URLSearchParams(fields).toString()
  const request = { method: 'post', path: '', query: new URLSearchParams(), headers, body }
  return readForm(platform, request, sessions, session)
}
const run = { do: 'run-job', job: 'orders' }

it('a form of the page is read', () => {
  expect(submit({ ...run, token }, { origin })).toEqual({ ...run, token })
})

it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>, string]>([
  ['comes from another origin', { ...run, token }, { origin: 'https://evil.example' }, 'caller-forbidden'],
  ['comes from no origin', { ...run, token }, {}, 'caller-forbidden'],
  [
    'has the token of another session',
    { ...run, token: sessions.formToken(sessions.begin()) },
    { origin },
    'caller-forbidden',
  ],
  ['has no token', run, { origin }, 'caller-forbidden'],
  ['has a field that the page does not send', { ...run, token, force: 'true' }, { origin }, 'params-invalid'],
])('a form is refused that %s', (_what, fields, headers, code) => {
  expect(errorThrownBy(() => submit(fields, headers))).toMatchObject({ code })
})

it('a command whose invocation got no answer is neither said to be lost nor left to an alarm, which cannot carry it out', async () => {
  const lost = new JobError('action-unavailable', 'No answer.', 'Nothing to do: the next alarm carries on.')
  const services = { jobs: [{ name: 'orders' }], invoke: () => Promise.reject(lost) }
  const approve = { do: 'run-job', token, job: 'orders', approve: 'plan-a' } as const
  const error = await errorOf(startRun(services as unknown as Platform, approve))

  expect(error).toMatchObject({ code: 'action-unavailable', message: 'No answer.' })
  expect(error.remedy).toContain('give it again')
  expect(error.remedy).not.toContain('alarm')
})
