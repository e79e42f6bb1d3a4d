import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { input, secret } from '../../../../src/inputs'
import { bearer } from '../../../../src/sources/authentication/bearer'
import { csv } from '../../../../src/sources/decoders/csv'
import { gzip } from '../../../../src/sources/decoders/gzip'
import { json } from '../../../../src/sources/decoders/json'
import { jsonLines } from '../../../../src/sources/decoders/json-lines'
import { pageNumber } from '../../../../src/sources/paginators/page-number'
import { restSource } from '../../../../src/sources/rest/rest-source'
import { hurriedClock, sourceContext } from '../../../fixtures/source-context'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SourceDefinition } from '../../../../src/sources/source'

let server: Server
let inputs: Record<string, string>
let asked: IncomingMessage[]
/** The last one answers all further requests. */
let answers: ((response: ServerResponse) => void)[]

beforeEach(async () => {
  asked = []
  server = createServer((request, response) => {
    asked.push(request)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  inputs = { BASE: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, TOKEN: 'secret-token' }
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const base = { baseUrl: input('BASE'), path: '/report' }

async function read(definition: SourceDefinition): Promise<unknown[]> {
  expect(definition.faults).toEqual([])
  const records: unknown[] = []
  const source = definition.open(sourceContext({ inputs, clock: hurriedClock() }))
  for await (const page of source.read({ mode: 'full-refresh', signal: new AbortController().signal })) {
    records.push(...page.records)
  }
  return records
}

const ok = (body: string | Buffer) => (response: ServerResponse) => response.writeHead(200).end(body)
const status = (code: number) => (response: ServerResponse) => response.writeHead(code).end('no')

it('hands out records before the answer is complete', async () => {
  let end: () => void = () => undefined
  answers = [
    (response) => {
      response.writeHead(200).write('"first"\n'.repeat(100))
      end = () => response.end('"last"\n')
    },
  ]
  const source = restSource({ ...base, decoder: jsonLines() }).open(sourceContext({ inputs }))
  const records: unknown[] = []

  for await (const page of source.read({ mode: 'full-refresh', signal: new AbortController().signal })) {
    if (records.length === 0) end()
    records.push(...page.records)
  }

  expect(records).toHaveLength(101)
})

it('retries an answer that is passing, and renews the credential once', async () => {
  answers = [status(503), status(401), ok('a\n1\n')]

  const records = await read(
    restSource({ ...base, decoder: csv(), answers: [{ status: 401, then: 'retry' }] }),
  )

  expect(records).toEqual([{ a: '1' }])
  expect(asked).toHaveLength(3)
})

it('sends its credentials', async () => {
  answers = [ok('a\n1\n')]

  await read(restSource({ ...base, decoder: csv(), authentication: bearer({ token: secret('TOKEN') }) }))

  expect(asked[0]?.headers).toMatchObject({ authorization: 'Bearer secret-token', accept: 'text/csv' })
})

it.each([
  [404, 'source-refused'],
  [500, 'source-refused'],
])('the status %i is an error', async (code, error) => {
  answers = [status(code)]

  await expect(read(restSource({ ...base, decoder: csv() }))).rejects.toMatchObject({ code: error })
})

it('an answer that the source declares to stand for no records has none', async () => {
  answers = [status(404)]

  expect(
    await read(restSource({ ...base, decoder: csv(), answers: [{ status: 404, then: 'skip' }] })),
  ).toEqual([])
})

it('an error in the body of a good answer is found where a rule names it', async () => {
  answers = [ok('{"error":"quota"}')]
  const rules = [{ body: { path: 'error' }, then: 'fail' }] as const

  await expect(read(restSource({ ...base, decoder: jsonLines(), answers: rules }))).rejects.toMatchObject({
    code: 'source-refused',
  })
  answers = [ok('{"id":1}')]
  expect(await read(restSource({ ...base, decoder: jsonLines(), answers: rules }))).toEqual([{ id: 1 }])
})

it('an answer that tells of errors behind its records is refused at its end', async () => {
  const definition = restSource({ ...base, decoder: json({ records: 'data' }) })
  answers = [ok('{"data":[{"id":1}],"errors":["a shard is missing"]}'), ok('{"data":[{"id":1}],"errors":[]}')]

  await expect(read(definition)).rejects.toMatchObject({
    code: 'source-malformed',
    message: expect.stringContaining('field errors') as string,
  })
  expect(await read(definition)).toEqual([{ id: 1 }])
})

it('an answer that breaks off is an error', async () => {
  answers = [
    (response) => {
      response.writeHead(200, { 'Content-Length': '1000' }).write('a\n1\n')
      setImmediate(() => response.destroy())
    },
  ]

  await expect(read(restSource({ ...base, decoder: csv() }))).rejects.toMatchObject({
    code: 'source-unreachable',
  })
})

it('a compressed page that unpacks to more than fits into memory is refused, and shrinks', async () => {
  answers = [ok(gzipSync('{"text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}\n'.repeat(600_000)))]
  const paginator = pageNumber({ param: 'page' })

  await expect(read(restSource({ ...base, decoder: gzip(jsonLines()), paginator }))).rejects.toThrow(
    'unpacks to more than fits into memory',
  )
})
