import {
  accountsAnswer,
  jobAnswer,
  listAnswer,
  uploadAnswer,
} from '../../../../src/destinations/data-sources/answers'
import { TransportError } from '../../../../src/http/http-client'
import type { HttpResponse } from '../../../../src/http/http-client'

const reading = { now: 0, redact: (text: string) => text.replaceAll('canary', '[redacted]') }
const answer = (status: number, body: unknown, headers = {}): HttpResponse => ({
  ...{ status, headers },
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
})
const job = (change: object = {}) => ({
  ...{ filename: 'f.txt', rows: 3, job_id: 33376793, status: 'uploaded' },
  ...{ uploaded_date: '2026-10-25 13:22:31', started_processing_date: null },
  ...change,
})
const service = (errorCode: string, errorDescription?: string) => ({
  errorCode,
  errorDescription,
  errorId: 'e',
})

const everyRequest = [
  ['upload', (given: HttpResponse | TransportError) => uploadAnswer(given, '741', reading)],
  ['list of jobs', (given: HttpResponse | TransportError) => listAnswer(given, reading)],
  ['list of accounts', (given: HttpResponse | TransportError) => accountsAnswer(given, reading)],
  ['job', (given: HttpResponse | TransportError) => jobAnswer(given, reading)],
] as const

describe.each(everyRequest)('an answer to the request for the %s', (_name, read) => {
  it.each([
    [401, { error_code: '401013', message: 'Oauth token is not valid' }, 'unauthorized'],
    [401, service('invalid_token', 'IMS token failed IMS Facade token validation'), 'unauthorized'],
    [403, { error_code: '403003', message: 'Api Key is invalid' }, 'not-permitted'],
    [403, { error_code: '403025', message: 'Profile is not valid' }, 'not-permitted'],
    [403, service('insufficient_access', 'No access'), 'not-permitted'],
    [404, service('resource_not_found', 'The data source does not exist'), 'not-permitted'],
    [404, '<html>Not Found</html>', 'unknown'],
    [429, { error_code: '429050', message: 'Too many requests' }, 'throttled'],
    [500, service('unexpected_error'), 'unknown'],
    [500, '<html><h1>Internal Server Error</h1></html>', 'unknown'],
    [503, service('resource_temporarily_unavailable'), 'unknown'],
    [302, '', 'unknown'],
    [200, '{"jobs":', 'unknown'],
    [200, 'true', 'unknown'],
  ])('of %i %j is %j', (status, body, kind) => {
    expect(read(answer(status, body)).kind).toBe(kind)
  })

  it('that names how long to wait is throttled for so long', () => {
    expect(read(answer(429, '', { 'retry-after': '7' }))).toEqual({ kind: 'throttled', retryAfterMs: 7_000 })
  })

  it('that never came proves nothing, unless no byte of the request left', () => {
    expect(read(new TransportError('cut', 'perhaps', 'network')).kind).toBe('unknown')
    expect(read(new TransportError('refused', 'no', 'network')).kind).toBe('not-sent')
  })

  it('is repeated by its code and text alone, without secrets', () => {
    const body = { ...service('unauthorized', 'No access for canary'), ftp_password: 'hunter2secret' }
    expect(read(answer(403, body))).toEqual({
      kind: 'not-permitted',
      message: 'HTTP 403: unauthorized No access for [redacted]',
    })
  })
})

describe('an upload', () => {
  it('that became a job is accepted, with account and job as its receipt', () => {
    const accepted = { kind: 'accepted', receipt: '741/33376793' }
    expect(uploadAnswer(answer(200, job()), '741', reading)).toEqual(accepted)
    expect(uploadAnswer(answer(200, job({ job_id: '33376793' })), '741', reading)).toEqual(accepted)
  })

  it('that is refused by the service is rejected; by anything else it proves nothing', () => {
    expect(uploadAnswer(answer(400, service('invalid_data', 'No file')), '741', reading)).toEqual({
      kind: 'rejected',
      message: 'HTTP 400: invalid_data No file',
    })
    expect(uploadAnswer(answer(400, 'Bad Request'), '741', reading).kind).toBe('unknown')
  })

  it('that is too large is answered as `too-large`', () => {
    expect(uploadAnswer(answer(413, 'Request Entity Too Large'), '741', reading).kind).toBe('too-large')
  })
})

describe('a job', () => {
  it.each([
    ['uploaded', 3, { kind: 'processing' }],
    ['processing', null, { kind: 'processing' }],
    ['success', 3, { kind: 'done', rows: 3 }],
    ['success', 0, { kind: 'done', rows: 0 }],
    ['success', null, { kind: 'unknown' }],
    ['failure', 0, { kind: 'failed', cause: 'rejected', rows: 0 }],
    ['failure', 2, { kind: 'failed', cause: 'rejected', rows: 2 }],
    ['failure', null, { kind: 'failed', cause: 'rejected' }],
    ['deleted', 3, { kind: 'failed', cause: 'broken' }],
    ['deleted', 0, { kind: 'failed', cause: 'broken' }],
    ['paused', 3, { kind: 'unknown' }],
  ])('with the status %s and %j rows is %j', (status, rows, expected) => {
    expect(jobAnswer(answer(200, job({ status, rows })), reading)).toMatchObject(expected)
  })

  it.each([
    ['failure', null],
    ['deleted', 0],
  ])('with the status %s does not say how many rows are stored', (status, rows) => {
    expect(jobAnswer(answer(200, job({ status, rows })), reading)).not.toHaveProperty('rows')
  })
})

it('accounts are read without their FTP password', () => {
  const account = { name: 'Ad costs', data_source_id: 741, type: 'generic', ftp_password: 'hunter2secret' }

  expect(accountsAnswer(answer(200, [account]), reading)).toEqual({
    kind: 'accounts',
    accounts: [{ id: '741', name: 'Ad costs' }],
  })
})
