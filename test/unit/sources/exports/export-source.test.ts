import { startEmulator } from '../../../../emulators/emulator'
import { input, secret } from '../../../../src/inputs'
import { bearer } from '../../../../src/sources/authentication/bearer'
import { csv } from '../../../../src/sources/decoders/csv'
import { exportSource } from '../../../../src/sources/exports/export-source'
import { inBody } from '../../../../src/sources/rest/place'
import { jsonBody } from '../../../../src/sources/rest/request-body'
import { hurriedClock, sourceContext } from '../../../fixtures/source-context'
import { loopbackDownload } from '../../../fixtures/loopback-http'
import type { Emulator } from '../../../../emulators/emulator'
import type { ExportSource } from '../../../../src/sources/exports/export-options'
import type { Page, ReadRequest } from '../../../../src/sources/source'

/** An API with exports; each is ready after `polls` polls. */
let server: Emulator
let files: Emulator
let polls: number
let fileHost = 'https://files.example.com'
let states: Record<string, string | undefined>
let created: { readonly from: string; readonly to: string }[]
let now: number
/** Rows of the export of each range, by its first day. */
let content: (from: string) => string

const rowsOf = (...ids: readonly string[]) => `id\n${ids.map((id) => `${id}${' '.repeat(250)}\n`).join('')}`

beforeEach(async () => {
  polls = 0
  fileHost = 'https://files.example.com'
  states = {}
  created = []
  now = Date.parse('2026-01-03T12:00:00Z')
  content = (from) => rowsOf(`${from}-a`, `${from}-b`)
  const fileOf = (url: string) => content(created[Number(url.split('/').at(-1)) - 1]?.from ?? '')
  files = await startEmulator(({ url }) => ({ status: 200, body: fileOf(url) }))
  server = await startEmulator(({ method, url, body }) => {
    if (method === 'POST') {
      created.push(JSON.parse(body.toString()) as { from: string; to: string })
      return { status: 201, body: { report: { id: created.length } } }
    }
    if (url.startsWith('/files/')) return { status: 200, body: fileOf(url) }
    const id = url.split('/').at(-1) ?? ''
    const asked = server.requests.filter((request) => request.url === url).length
    const state = states[id] ?? (asked > polls ? 'DONE' : 'RUNNING')
    return state === 'GONE'
      ? { status: 404 }
      : { status: 200, body: { status: state, file: `${fileHost}/f/${id}` } }
  })
})
afterEach(() => Promise.all([server.stop(), files.stop()]))

function definition(change: Partial<ExportSource> = {}): ExportSource {
  return {
    baseUrl: input('BASE'),
    authentication: bearer({ token: secret('TOKEN') }),
    days: { start: '2026-01-01', timeZone: 'UTC' },
    create: { path: '/reports', body: jsonBody({}), from: inBody('from'), to: inBody('to'), id: 'report.id' },
    poll: { path: '/reports/{id}', state: 'status', ready: ['DONE'], failed: ['FAILED'] },
    download: { path: '/files/{id}' },
    decoder: csv(),
    ...change,
  }
}

async function read(
  since: string | null,
  change: Partial<ExportSource> = {},
  mode: ReadRequest['mode'] = 'incremental',
): Promise<Page[]> {
  const source = exportSource(definition(change))
  expect(source.faults).toEqual([])
  const clock = hurriedClock()
  let passed = 0
  const download = loopbackDownload
  const context = sourceContext({
    inputs: { BASE: server.url, TOKEN: 'secret-token' },
    download: (request) =>
      download({ ...request, url: request.url.replace('https://files.example.com', files.url) }),
    clock: {
      ...clock,
      now: () => now + passed,
      monotonic: () => passed,
      // Time limits of requests wait as well, and do not end.
      sleep: (ms, signal) => {
        if (ms < 30_000) passed += ms
        return ms < 30_000 ? clock.sleep(ms, signal) : new Promise(() => undefined)
      },
    },
  })
  const signal = new AbortController().signal
  const request = (mode === 'incremental' ? { mode, since, signal } : { mode, signal }) as ReadRequest
  const pages: Page[] = []
  for await (const page of source.open(context).read(request)) pages.push(page)
  return pages
}

const idsOf = (pages: readonly Page[]) =>
  pages.flatMap(({ records }) => records.map((record) => (record as { id: string }).id.trim()))
const cursorOf = (pages: readonly Page[]) => pages.at(-1)?.cursor ?? null

it('exports the whole days up to now at once, and nothing again until the next day is over', async () => {
  const pages = await read(null)

  expect(created).toEqual([{ from: '2026-01-01', to: '2026-01-03' }])
  expect(idsOf(pages)).toEqual(['2026-01-01-a', '2026-01-01-b'])
  expect(await read(cursorOf(pages))).toEqual([])
  now += 24 * 3_600_000
  expect(idsOf(await read(cursorOf(pages)))).toEqual(['2026-01-03-a', '2026-01-03-b'])
  expect(created[1]).toEqual({ from: '2026-01-03', to: '2026-01-04' })
})

it('cuts days at midnight of the zone, waits for late records, and writes an inclusive end', async () => {
  now = Date.parse('2026-03-30T00:30:00Z')
  const days = { start: '2026-03-27', timeZone: 'Europe/Berlin', lag: { hours: 2 }, most: 1 }
  const create = { ...definition().create, inclusiveTo: true }

  await read(null, { days, create })
  expect(created).toEqual([
    { from: '2026-03-27', to: '2026-03-27' },
    { from: '2026-03-28', to: '2026-03-28' },
    { from: '2026-03-29', to: '2026-03-29' },
  ])
  created = []
  await read(null, { days: { ...days, lag: { hours: 3 } }, create })
  expect(created.at(-1)).toEqual({ from: '2026-03-28', to: '2026-03-28' })
})

it('another zone or meaning of the ends is another source, because a day would be exported twice or not at all', () => {
  const { create } = definition()
  const identities = [
    {},
    { days: { start: '2026-01-01', timeZone: 'America/New_York' } },
    { create: { ...create, inclusiveTo: true } },
    { create: { ...create, to: inBody('until') } },
  ].map(
    (change) =>
      exportSource(definition(change)).open(
        sourceContext({ inputs: { BASE: server.url, TOKEN: 'secret-token' } }),
      ).identity,
  )

  expect(new Set(identities).size).toBe(4)
})

it('a later run goes on with the export of the run before it', async () => {
  polls = 9

  const first = await read(null)
  const second = await read(cursorOf(first))

  expect(idsOf(first)).toEqual([])
  expect(idsOf(second)).toEqual(['2026-01-01-a', '2026-01-01-b'])
  expect(created).toHaveLength(1)
})

it('goes on from every cursor it hands out with exactly the records behind it', async () => {
  content = (from) => rowsOf(...Array.from({ length: 5 }, (_, index) => `${from}-${index}`))
  const days = { start: '2026-01-01', timeZone: 'UTC', most: 1 }
  const pages = await read(null, { days })
  const all = idsOf(pages)
  expect(all).toHaveLength(10)

  for (const [index, page] of pages.entries()) {
    // The same exports are known to the API by their ids.
    const rest = await read(page.cursor ?? null, { days })
    expect([...idsOf(pages.slice(0, index + 1)), ...idsOf(rest)]).toEqual(all)
  }
})

it('an export that fails or is forgotten is asked for again, three times in a run', async () => {
  states = { '1': 'FAILED', '2': 'GONE' }
  expect(idsOf(await read(null))).toHaveLength(2)
  expect(created).toHaveLength(3)

  states = { '4': 'FAILED', '5': 'FAILED', '6': 'FAILED' }
  await expect(read('2026-01-01')).rejects.toMatchObject({
    code: 'source-refused',
    message: expect.stringContaining('the export 6 failed') as string,
  })
})

it('the export that replaced a failed one is known to the next run', async () => {
  polls = 9
  states = { '1': 'FAILED' }
  const first = await read(null)

  expect(idsOf(await read(cursorOf(first)))).toHaveLength(2)
  expect(created).toHaveLength(2)
})

it('an export that is gone after a part of it was read is an error', async () => {
  const [, part] = await read(null)
  states = { '1': 'GONE' }

  await expect(read(part?.cursor ?? null)).rejects.toThrow('Records of it that were read: 1.')
})

it('an export that has fewer records than were read of it is an error', async () => {
  content = (from) => rowsOf(`${from}-a`, `${from}-b`, `${from}-c`)
  const pages = await read(null)
  const part = pages.find(({ records }) => idsOf([{ records }]).includes('2026-01-01-b'))
  content = (from) => rowsOf(`${from}-a`)

  await expect(read(part?.cursor ?? null)).rejects.toThrow('has 1 records, and 2 of it were read before')
})

it('an export that is not ready in time is an error', async () => {
  states = { '1': 'RUNNING' }
  const since = cursorOf(await read(null))
  now += 7 * 3_600_000

  await expect(read(since)).rejects.toMatchObject({
    code: 'source-unreachable',
    message: expect.stringContaining('is not ready') as string,
  })
  states = {}
  expect(idsOf(await read(since))).toHaveLength(2)
})

it('sends no credential to the host of the file', async () => {
  await read(null, { download: { url: 'file' } })

  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
    server.requests.map(() => 'Bearer secret-token'),
  )
  expect(files.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

it.each(['http://169.254.169.254', 'file:///etc', 'http://localhost:1'])(
  'does not download from %s, which an answer names',
  async (host) => {
    fileHost = host

    await expect(read(null, { download: { url: 'file' } })).rejects.toThrow('has no https URL at file')
  },
)

it.each(['https://10.0.0.1', 'https://[fd00:ec2::254]', 'https://169.254.169.254'])(
  'does not connect to the private address %s, which an answer names',
  async (host) => {
    fileHost = host

    await expect(read(null, { download: { url: 'file' } })).rejects.toMatchObject({
      code: 'source-malformed',
      message: `An answer of the source leads to ${host}, which is at a private address.`,
    })
  },
)

it.each([
  [{ create: { ...definition().create, id: 'other' } }, 'has no id of an export at other'],
  [{ poll: { ...definition().poll, state: 'other' } }, 'has no state at other'],
])('an answer that the definition does not describe is an error (%#)', async (change, message) => {
  states = { '1': 'DONE' }

  await expect(read(null, change).then((pages) => pages.length === 0)).rejects.toThrow(message)
})

it('a refresh reads everything, and says that it cannot wait for longer than a run', async () => {
  expect(idsOf(await read(null, {}, 'full-refresh'))).toHaveLength(2)
  states = { '2': 'RUNNING' }
  await expect(read(null, {}, 'full-refresh')).rejects.toThrow('a refresh cannot go on with it')
})

it('a person can state the first day to export', async () => {
  await read('2026-01-02')

  expect(created).toEqual([{ from: '2026-01-02', to: '2026-01-03' }])
  await expect(read('{"page":3}')).rejects.toThrow('not one of an export')
})

it.each([
  [{ days: { start: '1 May', timeZone: 'UTC' } }, 'exportSource: "days.start" must be a date'],
  [
    { days: { start: '2026-01-01', timeZone: 'Berlin' } },
    'exportSource: "days.timeZone" must be an IANA time zone',
  ],
  [{ poll: { ...definition().poll, path: '/reports' } }, 'exportSource: "poll.path" must contain {id}'],
  [{ poll: { ...definition().poll, ready: [] } }, 'exportSource: "poll.ready" must not be empty'],
  [{ decoder: csv({ delimiter: '' }) }, 'csv: "delimiter" must be one character'],
  [{ decoder: 'csv' as never }, 'exportSource: "decoder" must be made by a function such as csv()'],
])('options that cannot work are faults (%#)', (change, fault) => {
  expect(exportSource(definition(change)).faults).toEqual([fault])
})
