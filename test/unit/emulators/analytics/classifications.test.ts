import { startAnalytics } from '../../../../emulators/analytics/analytics'
import type { AnalyticsEmulator } from '../../../../emulators/analytics/analytics'

const dayMs = 24 * 60 * 60_000

let now = Date.UTC(2026, 10, 21)
let analytics: AnalyticsEmulator
let set: string
beforeEach(async () => {
  analytics = await startAnalytics({ now: () => now, verifyToken: () => ({ client_id: 'client' }) })
  const subscriptions = [{ rsid: 'suite', dimension: 'variables/evar1' }]
  set = analytics.classifications.add({ columns: ['Name', 'Note'], subscriptions })
})
afterEach(() => analytics.stop())

const credentials = { authorization: 'Bearer good', 'x-api-key': 'client' }

async function call(
  method: 'GET' | 'POST',
  path: string,
  body?: object | FormData,
): Promise<{ status: number; text: string; body: Record<string, unknown> }> {
  const sent = body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }
  const url = `${analytics.url}/api/exampl0/classifications/${path}`
  const response = await fetch(url, { method, headers: credentials, ...sent })
  const text = await response.text()
  const isJson = response.headers.get('content-type') === 'application/json'
  const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: response.status, text, body: json }
}

async function importFile(text: string, dataFormat = 'json'): Promise<Record<string, unknown>> {
  const created = await call('POST', `job/import/createApiJob/${set}`, { dataFormat })
  const form = new FormData()
  form.set('file', new Blob([text]), `file.${dataFormat}`)
  const id = String(created.body.api_job_id)
  await call('POST', `job/import/uploadFile/${id}`, form)
  const committed = await call('POST', `job/import/commitApiJob/${id}`)
  return (await call('GET', `job/${String(committed.body.import_job_id)}`)).body
}

const stored = () =>
  Object.fromEntries(
    [...analytics.classifications.values(set)].map(([key, values]) => [key, Object.fromEntries(values)]),
  )

it('an import passes through its states by the clock and takes effect at its end', async () => {
  analytics.classifications.knobs.importMs = { validated: 1_000, processing: 2_000, completed: 3_000 }
  const { jobId } = await importFile('{"key":"K","data":{"Name":"x"}}\n')
  const states: unknown[] = []
  for (let second = 0; second < 4; second += 1) {
    const { body } = await call('GET', `job/${String(jobId)}`)
    states.push([body.state, body.totalLines, Object.keys(stored()).length])
    now += 1_000
  }

  expect(states).toEqual([
    ['queued', -1, 0],
    ['validated', -1, 0],
    ['processing', -1, 0],
    ['completed', 1, 1],
  ])
})

it('a job commits once, and only with a file', async () => {
  const created = await call('POST', `job/import/createApiJob/${set}`, { dataFormat: 'json' })
  const id = String(created.body.api_job_id)

  const early = await call('POST', `job/import/commitApiJob/${id}`)

  expect(created.body).toMatchObject({ api_job_status: 'CREATED', dataset_id: set })
  expect(early.status).toBe(400)
  expect(early.body.errorDescription).toContain('not FILE_UPLOADED')
})

it.each([
  ['json', '{"data":{"Name":"x"}}', 'Key is a required field'],
  ['json', '{"key":"K"}', 'Data is a required field when using action=update'],
  ['json', '{"key":"K","action":"delete-field"}', 'Data is a required field when using action=delete-field'],
  [
    'json',
    '{"key":"K","action":"delete-key","data":{"Name":"x"}}',
    'Data must not be present when using action=delete-key',
  ],
  ['json', '{"key":"K","data":{"Color":"x"}}', 'Unknown header'],
  ['json', `{"key":"${'x'.repeat(256)}","data":{"Name":"x"}}`, 'Key exceeds maximum size'],
  ['json', `{"key":"K","data":{"Name":"${'x'.repeat(256)}"}}`, 'Column value exceeds maximum size'],
  ['json', '{"key":"K"', 'Malformed document'],
  ['tsv', 'Id\tName\nK\tx\n', "The first header column must be called 'Key'"],
  ['tsv', 'Key\nK\n', 'A minimum of two header items are required'],
  ['tsv', 'Key\tName\t\nK\tx\ty\n', 'Blank headers are not allowed'],
  ['tsv', 'Key\tName\nK\tx\ty\n', 'The number of columns did not match the headers'],
])(
  'a file of %s that is not right fails validation with the documented text',
  async (format, text, message) => {
    const job = await importFile(text, format)

    expect(job).toMatchObject({ state: 'failed_validation' })
    expect((job.history as { message: string }[]).at(-1)?.message).toBe(message)
  },
)

it('deletions remove a value or a key, in both notations, and spaces stay where csv would cut them', async () => {
  await importFile('Key\tName\tNote\nA\tx\ty\nB\t x \ty\nC\tx\ty\n', 'tsv')
  await importFile('Key,Name,Note\nD,  x  ,y\nC,~deletekey~,\nA,~empty~,z\n', 'csv')
  await importFile('{"key":"B","action":"delete-field","data":{"Note":""}}\n')

  expect(stored()).toEqual({ A: { Note: 'z' }, B: { Name: ' x ' }, D: { Name: 'x', Note: 'y' } })
})

it('an import as JSON accepts exactly its limit of bytes, and not one more', async () => {
  const body = { dataFormat: 'json', data: [{ key: 'K', data: { Name: 'x' } }] }
  analytics.classifications.knobs.importLimit = JSON.stringify(body).length

  const taken = await call('POST', `job/import/json/${set}`, body)
  analytics.classifications.knobs.importLimit -= 1
  const refused = await call('POST', `job/import/json/${set}`, body)

  expect([taken.status, refused.status]).toEqual([200, 400])
  expect(refused.body.errorDescription).toBe('The upload file is too big, the limitation is 50 MB')
})

it('lists the jobs of a set, newest first, in pages and by age', async () => {
  for (const key of ['A', 'B', 'C']) await importFile(`{"key":"${key}","data":{"Name":"x"}}\n`)
  now += 31 * dayMs
  await importFile('{"key":"D","data":{"Name":"x"}}\n')

  const recent = await call('GET', `job/byDataset/${set}`)
  const page = await call('GET', `job/byDataset/${set}?lookbackDays=60&page=1&size=3`)

  expect(recent.body).toMatchObject({ totalElements: 1, first: true, last: true })
  expect(page.body).toMatchObject({ totalElements: 4, totalPages: 2, numberOfElements: 1, last: true })
})

it('an export has the wanted keys and columns, in parts, for seven days', async () => {
  await importFile('Key\tName\tNote\nA\tx\ty\nB\tx2\ty2\nC\tx3\ty3\n', 'tsv')
  analytics.classifications.knobs.exportPartRows = 1
  analytics.classifications.knobs.exportMs = 1_000
  const options = { dataFormat: 'json', keys: ['A', 'C'], columns: ['Name'] }
  const { body } = await call('POST', `job/export/${set}`, options)
  const file = `job/export/file/${String(body.jobId)}`

  const early = await call('GET', file)
  now += 1_000
  const list = await call('GET', `${file}/list`)
  const part = await call('GET', `${file}/part2.json`)
  const whole = await call('GET', file)
  now += 7 * dayMs
  const late = await call('GET', file)

  expect([early.status, late.status]).toEqual([400, 404])
  expect(list.body).toEqual({ count: 2, files: ['part1.json', 'part2.json'] })
  expect(part.text).toBe('{"key":"C","data":{"Name":"x3"}}\n')
  expect(whole.text).toBe('{"key":"A","data":{"Name":"x"}}\n{"key":"C","data":{"Name":"x3"}}\n')
})

it('an export of more than a million rows is refused', async () => {
  const rows = async (rowLimit: number) => (await call('POST', `job/export/${set}`, { rowLimit })).status

  expect([await rows(1_000_000), await rows(1_000_001)]).toEqual([200, 400])
})
