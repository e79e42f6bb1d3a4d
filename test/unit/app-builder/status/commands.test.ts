import { randomBytes } from 'node:crypto'
import { readForm } from '../../../../src/app-builder/status/commands'
import { createSessions } from '../../../../src/app-builder/status/sessions'
import { createSealer } from '../../../../src/state/sealer'
import { openSingleUse } from '../../../../src/state/single-use'
import { errorThrownBy } from '../../../fixtures/error-of'
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
