import {
  lookupAnswer,
  sendAnswer,
  verifyAnswer,
} from '../../../../src/destinations/bulk-data-insertion/answers'
import { TransportError } from '../../../../src/http/http-client'
import type { HttpResponse } from '../../../../src/http/http-client'

const reading = { now: Date.UTC(2026, 10, 21), redact: (text: string) => text }

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
}

const file = (change: object = {}) => ({
  status_code: 'UPLOADED',
  rows: 10,
  invalid_rows: 0,
  processing_log: 'done',
  ...change,
})

describe('an answer to an upload', () => {
  it.each<[string, HttpResponse | TransportError, object]>([
    ['accepts', answer(200, file()), { kind: 'accepted', rows: 10, invalidRows: 0 }],
    [
      'accepts while it is processing',
      answer(200, file({ status_code: 'PROCESSING' })),
      { kind: 'accepted' },
    ],
    [
      'has counts and no status',
      answer(200, { rows: 10, invalid_rows: 0 }),
      { kind: 'accepted', rows: 10, invalidRows: 0 },
    ],
    ['accepts when it is complete', answer(200, file({ status_code: 'COMPLETE' })), { kind: 'accepted' }],
    [
      'accepts in part',
      answer(200, file({ invalid_rows: 3 })),
      { kind: 'accepted', rows: 10, invalidRows: 3 },
    ],
    [
      'rejects with status 200',
      answer(200, file({ status_code: 'REJECTED', error: 'No hits' })),
      { kind: 'rejected' },
    ],
    [
      'rejects with status 400',
      answer(400, { error: 'CSV file missing required header timestamp.' }),
      { kind: 'rejected' },
    ],
    ['has no valid row', answer(200, file({ invalid_rows: 10 })), { kind: 'rejected' }],
    ['finds the file too large', answer(413, 'Request Entity Too Large'), { kind: 'too-large' }],
    ['refuses the token', answer(401, { error: 'Invalid token (1)' }), { kind: 'unauthorized' }],
    [
      'refuses the profile',
      answer(403, { error_code: '403025', message: 'Profile is not valid' }),
      { kind: 'not-permitted' },
    ],
    ['throttles', answer(429, ''), { kind: 'throttled', retryAfterMs: null }],
    [
      'throttles for a while',
      answer(429, '', { 'retry-after': '9' }),
      { kind: 'throttled', retryAfterMs: 9_000 },
    ],
    ['never left', new TransportError('refused', 'no', 'network'), { kind: 'not-sent' }],
    ['was lost', new TransportError('cut', 'perhaps', 'network'), { kind: 'unknown' }],
    ['timed out', new TransportError('late', 'perhaps', 'timeout'), { kind: 'unknown' }],
    ['is an HTML page', answer(500, '<html>'), { kind: 'unknown' }],
    ['is an HTML page with status 200', answer(200, '<html>'), { kind: 'unknown' }],
    ['is a 400 without an error', answer(400, '<html>'), { kind: 'unknown' }],
    ['has status ERROR', answer(200, file({ status_code: 'ERROR' })), { kind: 'unknown' }],
    ['has no counts', answer(200, { status_code: 'UPLOADED' }), { kind: 'unknown' }],
    ['is a 408', answer(408, ''), { kind: 'unknown' }],
    ['is a conflict', answer(409, { error: 'conflict' }), { kind: 'unknown' }],
    ['is a redirect', answer(302, ''), { kind: 'unknown' }],
  ])('that %s', (_what, given, expected) => {
    expect(sendAnswer(given, reading)).toMatchObject(expected)
  })

  it('keeps the text of Adobe in its message', () => {
    expect(
      sendAnswer(answer(403, { error_code: '403025', message: 'Profile is not valid' }), reading),
    ).toMatchObject({
      message: expect.stringContaining('403025 Profile is not valid') as string,
    })
  })
})

describe('an answer to a lookup', () => {
  it.each<[string, HttpResponse | TransportError, object]>([
    ['finds the file', answer(200, { file_id: 'x', rows: 10 }), { kind: 'found', rows: 10 }],
    ['does not know it', answer(404, { error: 'File not found' }), { kind: 'absent' }],
    ['is another 404', answer(404, { error: 'Not found' }), { kind: 'unknown' }],
    ['is a 404 page', answer(404, '<html>'), { kind: 'unknown' }],
    ['has no rows', answer(200, { file_id: 'x' }), { kind: 'unknown' }],
    ['fails', answer(503, ''), { kind: 'unknown' }],
    ['refuses the token', answer(401, ''), { kind: 'unauthorized' }],
    ['throttles', answer(429, ''), { kind: 'throttled' }],
    ['never left', new TransportError('refused', 'no', 'network'), { kind: 'not-sent' }],
  ])('that %s', (_what, given, expected) => {
    expect(lookupAnswer(given, reading)).toMatchObject(expected)
  })
})

describe('an answer to a validation', () => {
  it.each<[string, HttpResponse | TransportError, object]>([
    ['finds no fault', answer(200, { success: 'File is valid' }), { kind: 'valid' }],
    ['finds no fault in lower case', answer(200, { success: 'file is valid' }), { kind: 'valid' }],
    [
      'finds fault',
      answer(400, { error: 'File has 2 rows' }),
      { kind: 'invalid', message: 'File has 2 rows' },
    ],
    ['fails', answer(500, '<html>'), { kind: 'unknown' }],
  ])('that %s', (_what, given, expected) => {
    expect(verifyAnswer(given, reading)).toMatchObject(expected)
  })
})

describe('a text of Adobe in an answer', () => {
  /** No redactor has learnt it. */
  const canary = 'canary-3f9a7c51e0d24b86a1c5'
  const said = `Row 7 was refused for ${canary}`
  const everyText = (status: number, change: object = {}) =>
    answer(status, {
      ...file({ status_code: said, processing_log: said, invalid_rows: 1 }),
      ...{ error: said, error_code: said, message: said },
      ...change,
    })
  const upload = (given: HttpResponse) => sendAnswer(given, reading)
  const lookup = (given: HttpResponse) => lookupAnswer(given, reading)
  const validation = (given: HttpResponse) => verifyAnswer(given, reading)

  it.each<[string, (given: HttpResponse) => unknown, HttpResponse]>([
    ['to a refused upload', upload, everyText(400)],
    ['to a token', upload, everyText(401)],
    ['to a credential', upload, everyText(403)],
    ['to a conflict', upload, everyText(409)],
    ['to an upload that is too large', upload, everyText(413)],
    ['of a server that is down', upload, everyText(500)],
    ['to a rejected upload', upload, everyText(200, { status_code: 'REJECTED' })],
    [
      'to an upload without a valid row',
      upload,
      everyText(200, { status_code: 'COMPLETE', invalid_rows: 10 }),
    ],
    ['to an upload in part', upload, everyText(200, { status_code: 'COMPLETE' })],
    ['with an unknown status', upload, everyText(200)],
    ['to a lookup', lookup, everyText(404)],
    ['to a validation', validation, everyText(400)],
    ['of the gateway', lookup, everyText(403, { error: undefined })],
  ])('that comes %s is quoted without opaque words', (_what, read, given) => {
    expect(JSON.stringify(read(given))).not.toContain(canary)
  })

  it('keeps the words that say which row was refused', () => {
    expect(upload(everyText(400))).toMatchObject({
      message: expect.stringContaining('Row 7 was refused for […]') as string,
    })
  })

  it('is redacted before it is cut', () => {
    const redact = (text: string) => text.replaceAll('a secret of words', '[redacted]')
    const body = { error: `${'x '.repeat(95)}a secret of words` }

    expect(JSON.stringify(verifyAnswer(answer(400, body), { ...reading, redact }))).not.toContain('secret')
  })
})
