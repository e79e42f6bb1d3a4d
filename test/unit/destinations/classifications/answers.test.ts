import {
  createdAnswer,
  importAnswer,
  parseReceipt,
  pollAnswer,
  uploadedAnswer,
} from '../../../../src/destinations/classifications/answers'
import { TransportError } from '../../../../src/http/http-client'
import type { Answer } from '../../../../src/destinations/single-attempts'

const reading = { now: 0, redact: (text: string) => text.replaceAll('s3cret', '[redacted]') }

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
}

const service = (errorDescription: string) => ({ errorCode: 'invalid_data', errorDescription, errorId: 'x' })
const committed = { import_job_id: 'import-1', api_job_id: 'api-1' }

it('a commit is accepted with the import job as receipt, and how many lines it was given', () => {
  const sent = importAnswer(answer(200, committed), reading, 7)

  expect(sent).toEqual({ kind: 'accepted', receipt: 'import-1/7' })
  expect(parseReceipt('import-1/7')).toEqual({ jobId: 'import-1', lines: 7 })
})

it.each<[string, Answer, object]>([
  ['a 200 without an import job', answer(200, { api_job_id: 'a' }), { kind: 'unknown', message: 'HTTP 200' }],
  ['a 200 that is not JSON', answer(200, '<html>'), { kind: 'unknown' }],
  ['a 202 with an import job', answer(202, committed), { kind: 'unknown' }],
  ['a redirect', answer(302, ''), { kind: 'unknown' }],
  [
    'the 400 of a job without a file',
    answer(400, service('The API job status is not FILE_UPLOADED')),
    { kind: 'rejected', message: 'HTTP 400: invalid_data The API job status is not FILE_UPLOADED' },
  ],
  ['a 400 of somebody else', answer(400, '<html>'), { kind: 'unknown', message: 'HTTP 400' }],
  ['a 404 of the service', answer(404, service("The API Job Id doesn't exist")), { kind: 'rejected' }],
  ['a 404 of somebody else', answer(404, ''), { kind: 'unknown' }],
  ['a 409', answer(409, service('conflict')), { kind: 'unknown' }],
  ['a 408', answer(408, service('timeout')), { kind: 'unknown' }],
  [
    'a 500 of the service',
    answer(500, service('upload file to internal storage failed')),
    { kind: 'unknown' },
  ],
  ['a 503', answer(503, ''), { kind: 'unknown' }],
  ['a 413', answer(413, ''), { kind: 'too-large' }],
  [
    'the size limit',
    answer(400, service('The upload file is too big, the limitation is 50 MB')),
    { kind: 'too-large' },
  ],
  ['a token that is refused', answer(401, service('IMS token failed')), { kind: 'unauthorized' }],
  [
    'a missing product profile',
    answer(403, { error_code: '403025', message: 'Profile s3cret is not valid' }),
    { kind: 'not-permitted', message: 'HTTP 403: 403025 Profile [redacted] is not valid' },
  ],
  [
    'too many requests',
    answer(429, { error_code: '429050', message: 'Too many requests' }, { 'retry-after': '6' }),
    { kind: 'throttled', retryAfterMs: 6_000 },
  ],
  ['a request that never left', new TransportError('refused', 'no', 'network'), { kind: 'not-sent' }],
  ['a connection that was cut', new TransportError('cut', 'perhaps', 'network'), { kind: 'unknown' }],
])('%s is read as its proof', (_what, given, expected) => {
  expect(importAnswer(given, reading, 1)).toMatchObject(expected)
})

it('a created job is prepared with its id, and one without an id proves nothing', () => {
  const created = { api_job_id: 'api-1', api_job_status: 'CREATED' }

  expect(createdAnswer(answer(200, created), reading)).toEqual({ kind: 'prepared', handle: 'api-1' })
  expect(createdAnswer(answer(200, { api_job_status: 'CREATED' }), reading)).toMatchObject({
    kind: 'unknown',
  })
})

it('an upload counts by its status', () => {
  const ended = (status: string) =>
    uploadedAnswer(answer(200, { api_job_id: 'a', status }), reading, 'handle')

  expect(ended('success')).toEqual({ kind: 'prepared', handle: 'handle' })
  expect(ended('failure')).toMatchObject({ kind: 'rejected', message: 'The upload ended as failure.' })
})

describe('a poll', () => {
  const job = (state: string, message = '', totalLines = -1) =>
    pollAnswer(answer(200, { state, totalLines, history: [{ message }] }), reading, 10, 12)

  it.each(['created', 'queued', 'validated', 'processing', 'done_processing', 'Done processing'])(
    'finds an import at work in the state %s',
    (state) => {
      expect(job(state)).toEqual({ kind: 'processing' })
    },
  )

  it('is done with all rows where all lines were imported', () => {
    expect(job('completed', 'Successfully imported 12/12 records.')).toEqual({ kind: 'done', rows: 10 })
    expect(job('completed', '', 12)).toEqual({ kind: 'done', rows: 10 })
  })

  it('is done with fewer rows where lines are missing', () => {
    expect(job('completed', 'Successfully imported 11/12 records.')).toEqual({ kind: 'done', rows: 9 })
    expect(job('completed', '', 5)).toEqual({ kind: 'done', rows: 3 })
  })

  it('finds the number of imported lines in any entry of the history, before that of all lines', () => {
    const imported = { message: 'Successfully imported 11/12 records.' }
    const completed = { message: 'Completed' }
    const read = (history: object[]) =>
      pollAnswer(answer(200, { state: 'completed', totalLines: 12, history }), reading, 10, 12)

    expect(read([imported, completed])).toEqual({ kind: 'done', rows: 9 })
    expect(read([completed, imported])).toEqual({ kind: 'done', rows: 9 })
  })

  it('proves nothing where a complete import says nowhere how many lines it has', () => {
    expect(pollAnswer(answer(200, { state: 'completed' }), reading, 10, 12)).toMatchObject({
      kind: 'unknown',
    })
  })

  it('finds a refused import with the text of the service, and nothing stored', () => {
    expect(job('failed_validation', 'Unknown header')).toEqual({
      kind: 'failed',
      cause: 'rejected',
      rows: 0,
      message: 'failed_validation: Unknown header',
    })
  })

  it('finds a failed import, of which an unknown part may be stored', () => {
    expect(job('failed_processing', 'Processing failed')).toEqual({
      kind: 'failed',
      cause: 'broken',
      message: 'failed_processing: Processing failed',
    })
  })

  it('proves nothing where the job is not found, or its state is unknown', () => {
    const absent = answer(404, service('Cannot find job in the IMS ORG'))

    expect(pollAnswer(absent, reading, 1, 1)).toMatchObject({ kind: 'unknown' })
    expect(job('sleeping')).toMatchObject({
      kind: 'unknown',
      message: 'The import job is in the state sleeping.',
    })
  })
})
