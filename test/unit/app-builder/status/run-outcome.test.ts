import { awaitOutcome, readOutcome } from '../../../../src/app-builder/status/run-outcome'
import { TransportError } from '../../../../src/http/http-client'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { Platform } from '../../../../src/app-builder/platform'
import type { HttpResponse } from '../../../../src/http/http-client'

const activation = 'a'.repeat(32)

const gone: HttpResponse = { status: 404, headers: {}, body: Buffer.from('{}') }

/** A platform whose answers about the activation are these, the last one for ever. */
function platform(...answers: readonly (HttpResponse | Error)[]): Platform {
  let asked = 0
  const http = () => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? gone
    asked += 1
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  const runtime = { apiHost: 'https://host', apiKey: 'u:k', actionName: '/ns/ingest/job-status' }
  return { runtime, ims: { http, clock: virtualClock({ leap: true }) } } as unknown as Platform
}

const answer = (status: number, body: unknown = {}): HttpResponse => ({
  ...{ status, headers: {}, body: Buffer.from(JSON.stringify(body)) },
})
const record = {
  name: 'run-job',
  response: { result: { job: 'orders', outcome: 'partial', reason: 'held' } },
}

it('a run whose record does not exist yet is under way', async () => {
  expect(await readOutcome(platform(answer(404)), activation)).toEqual({ kind: 'running', activation })
})

it.each([
  ['HTTP 500', answer(500)],
  ['HTTP 401', answer(401)],
  ['connection cut', new TransportError('connection cut', 'perhaps', 'network')],
  ['its record is of another form', answer(200, { ...record, name: 'connect' })],
])('a run whose record cannot be read (%s) is unknown, not under way', async (why, given) => {
  expect(await readOutcome(platform(given), activation)).toEqual({ kind: 'unknown', activation, why })
})

it('a run has ended once its record is there, even after answers without one', async () => {
  const waited = awaitOutcome(platform(answer(404), answer(500), answer(200, record)), activation)

  expect(await waited).toMatchObject({ kind: 'ended', job: 'orders', outcome: 'partial (held)' })
})

it('a person waits for some seconds only', async () => {
  expect(await awaitOutcome(platform(answer(500)), activation)).toMatchObject({ kind: 'unknown' })
})

it('a run that the platform ended has failed, with the text of the platform', async () => {
  const error = 'The action exceeded its memory limits.'
  const killed = answer(200, { name: 'run-job', response: { result: { error } } })

  expect(await readOutcome(platform(killed), activation)).toMatchObject({
    ...{ kind: 'ended', outcome: 'failed' },
    texts: [
      `The platform ended the activation: ${error}`,
      'What it committed is kept, and the next run carries on.',
    ],
  })
})
