import { gzipSync } from 'node:zlib'
import { filePart } from '../../../../emulators/analytics/multipart'
import { createAnalyticsApi } from '../../../../src/destinations/analytics-api'
import { createImportClient } from '../../../../src/destinations/classifications/import-client'
import { virtualClock } from '../../../fixtures/virtual-clock'
import type { OutgoingBatch } from '../../../../src/destinations/destination'
import type { HttpRequest } from '../../../../src/http/http-client'

const { signal } = new AbortController()
const open = { signal, isOpen: () => true }

function clientWith(jsonBytes: number, onAuthorize: () => void = () => undefined) {
  const requests: HttpRequest[] = []
  const api = createAnalyticsApi(
    {
      clock: virtualClock(),
      redact: (text) => text,
      endpoints: { collection: 'http://collection', analytics: 'http://analytics' },
      http(request) {
        requests.push(request)
        const answer = { api_job_id: 'api 1', status: 'success', import_job_id: 'import-1' }
        return Promise.resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(answer)) })
      },
      authorize() {
        onAuthorize()
        return Promise.resolve({ headers: { authorization: 'Bearer t' }, drop: () => Promise.resolve() })
      },
    },
    'exampl0',
  )
  const client = createImportClient(api, { path: 'classifications', jobName: () => 'job', jsonBytes })
  return { client, requests }
}

function batchOf(text: string | Buffer): OutgoingBatch {
  return {
    ...{ id: 'id', partition: 'suite eVar1', fileName: 'commit-1-0-0.json.gz', rows: 1 },
    bytes: gzipSync(text, { level: 1 }),
  }
}

const line = '{"key":"K","data":{"Name":"x"}}\n'

it('a batch at the size limit of JSON is imported in one request, a larger one as a file', async () => {
  const { client, requests } = clientWith(line.length)

  const small = await client.prepare(batchOf(line), 'set', signal)
  const before = requests.length
  const large = await client.prepare(batchOf(`${line.slice(0, -1)} \n`), 'set', signal)

  expect([small, before]).toEqual([{ kind: 'prepared', handle: 'json set' }, 0])
  expect(large).toEqual({ kind: 'prepared', handle: 'file 1 api 1' })
  expect(requests.map(({ url }) => url)).toEqual([
    'http://analytics/api/exampl0/classifications/job/import/createApiJob/set',
    'http://analytics/api/exampl0/classifications/job/import/uploadFile/api%201',
  ])
})

it('a file of 50,000,000 bytes is uploaded, and one with a byte more must be split', async () => {
  const { client, requests } = clientWith(0)
  const full = Buffer.alloc(50_000_000, 'x')

  const taken = await client.prepare(batchOf(full), 'set', signal)
  const refused = await client.prepare(batchOf(Buffer.concat([full, Buffer.from('x')])), 'set', signal)

  expect(taken.kind).toBe('prepared')
  expect(refused).toMatchObject({ kind: 'too-large' })
  expect(requests).toHaveLength(2)
})

it('an upload is a part named file whose name ends in .json, byte for byte', async () => {
  const { client, requests } = clientWith(0)

  await client.prepare(batchOf(line), 'set', signal)

  const { headers = {}, body = '' } = requests[1] ?? {}
  const received = { method: 'POST', url: '/', headers, body: Buffer.from(body), at: 0 }
  expect(received.body.toString()).toContain('filename="commit-1-0-0.json"')
  expect(filePart(received)?.toString()).toBe(line)
})

it('a JSON import says how keys and values are to be read, and carries every line', async () => {
  const { client, requests } = clientWith(1_000)

  const answer = await client.send(batchOf(line + line), open, 'json set')

  expect(answer).toEqual({ kind: 'accepted', receipt: 'import-1/2' })
  expect(JSON.parse(String(requests[0]?.body))).toEqual({
    dataFormat: 'json',
    encoding: 'UTF8',
    jobName: 'job',
    source: 'Direct API Upload',
    notifications: [],
    keyOptions: { byte_length: 255, type: 'string', overwrite: true },
    data: [
      { key: 'K', data: { Name: 'x' } },
      { key: 'K', data: { Name: 'x' } },
    ],
  })
})

it('a commit leaves with the company in its path and its header, and names the import job', async () => {
  const { client, requests } = clientWith(0)

  const answer = await client.send(batchOf(line), open, 'file 3 api 1')

  expect(answer).toEqual({ kind: 'accepted', receipt: 'import-1/3' })
  expect(requests).toMatchObject([
    {
      url: 'http://analytics/api/exampl0/classifications/job/import/commitApiJob/api%201',
      headers: { 'x-proxy-global-company-id': 'exampl0', authorization: 'Bearer t' },
    },
  ])
})

it.each(['json set', 'file 3 api 1'])(
  'the send of "%s" does not leave where its window closes while the token is minted',
  async (handle) => {
    let isOpen = true
    const { client, requests } = clientWith(1_000, () => (isOpen = false))

    const answer = await client.send(batchOf(line), { signal, isOpen: () => isOpen }, handle)

    expect(answer.kind).toBe('not-sent')
    expect(requests).toEqual([])
  },
)
