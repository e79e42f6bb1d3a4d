import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '../../../../emulators/emulator'
import { runAtTerminal } from '../../../fixtures/terminal'
import type { Emulator, Handler } from '../../../../emulators/emulator'
import type { ListedJob, Terminal } from '../../../../src/cli/terminal'

const manifest = `runtimeManifest:
  packages:
    analytics-ingest:
      actions:
        run-job:
          inputs:
            LOG_LEVEL: $LOG_LEVEL
        verify-arrival:
          inputs:
            LOG_LEVEL: $LOG_LEVEL
      triggers:
        arrivals-every-hour:
          feed: /whisk.system/alarms/alarm
      rules:
        verify-arrivals-every-hour:
          trigger: arrivals-every-hour
          action: verify-arrival
`
const list = "import type { Job } from '../definition/job'\n\nexport const jobs: readonly Job[] = []\n"

let server: Emulator
let answer: Handler
let folder: string

beforeAll(async () => {
  server = await startEmulator((request) => answer(request))
})
afterAll(() => server.stop())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'project-'))
  await mkdir(join(folder, 'src/jobs'), { recursive: true })
  await mkdir(join(folder, 'test/unit/jobs'), { recursive: true })
  await writeFile(join(folder, 'ext.config.yaml'), manifest)
  await writeFile(join(folder, '.env.example'), 'LOG_LEVEL=info\n')
  await writeFile(join(folder, 'src/jobs/index.ts'), list)
  answer = () => ({ status: 200, body: page })
})
afterEach(() => rm(folder, { recursive: true }))

const order = (id: number, more: object = {}) => ({
  ...{ id, soldAt: `2026-01-0${id}T00:00:00Z`, customer: `C-${id}`, product: 'desk', total: id * 1.5 },
  ...more,
})
const page = { orders: [order(1, { contact: 'ann@example.com' }), order(2), order(3), order(4)] }

const run = (options: string, parts: Partial<Terminal> = {}) =>
  runAtTerminal(['new-job', '--url', `${server.url}/v1/orders?status=paid`, ...options.split(' ')], {
    folder,
    ...parts,
  })
const complete = '--name orders --destination bulk-data-insertion --visitor customer --column eVar1=product'
const text = (path: string) => readFile(join(folder, path), 'utf8')

async function filesIn(at: string): Promise<Record<string, string>> {
  const entries = await readdir(at, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const contents: Record<string, string> = {}
  for (const path of paths) contents[path] = await readFile(path, 'utf8')
  return contents
}

it('new-job writes job, test, list, manifest and inputs from one request', async () => {
  const asked = server.requests.length
  const { code, printed } = await run(`${complete} --since-param since --yes`)

  expect(code).toBe(0)
  expect(server.requests.slice(asked).map(({ url }) => url)).toEqual(['/v1/orders?status=paid'])
  const job = await text('src/jobs/orders.ts')
  expect(job).toContain("path: '/v1/orders',\nquery: { status: 'paid' },\nsinceParam: 'since',")
  expect(job).toContain("sync: incremental({ cursor: instant('soldAt'), primaryKey: 'id' })")
  expect(await text('src/jobs/index.ts')).toContain("import { orders } from './orders'")
  expect(await text('ext.config.yaml')).toContain('ORDERS_API_BASE_URL: $ORDERS_API_BASE_URL')
  expect(await text('ext.config.yaml')).toContain("cron: '10,25,40,55 * * * *'")
  expect(await text('.env.example')).toContain('ORDERS_API_BASE_URL=\n')
  expect(printed).toContain('new      src/jobs/orders.ts')
  expect(printed).toContain(`ORDERS_API_BASE_URL=${server.url}`)
  expect(printed).toContain('Next: npm run job -- try orders')
})

it('the test of the new job has three records at most, without e-mail addresses', async () => {
  await run(`${complete} --yes`)
  const test = await text('test/unit/jobs/orders.test.ts')
  expect(test).toContain("contact: '[redacted]'")
  expect(test).not.toContain('ann@example.com')
  expect(test.match(/customer: 'C-/g)).toHaveLength(3)
})

it('new-job takes credentials from the environment by the names of their inputs, and writes them nowhere', async () => {
  const asked = server.requests.length
  const key = { ORDERS_API_KEY: 'canary-key' }
  const { code, printed, said } = await run(`${complete} --auth api-key --api-key-header x-key --yes`, {
    env: key,
  })
  expect(code).toBe(0)
  expect(server.requests[asked]?.headers['x-key']).toBe('canary-key')
  const written = Object.values(await filesIn(folder)).join('\n')
  expect(written).toContain("apiKey({ header: 'x-key', value: secret('ORDERS_API_KEY') })")
  expect(`${written}${printed}${said}`).not.toContain('canary-key')
})

it.each([
  ['--name orders --yes', '--destination:'],
  ['--name orders --destination bulk-data-insertion --yes', '--visitor:'],
  [`${complete} --auth api-key --yes`, 'ORDERS_API_KEY is not set'],
  [`${complete} --auth magic --yes`, 'There is no authentication "magic" here.'],
  [complete.replace('bulk-data-insertion', 'warehouse') + ' --yes', 'There is no destination "warehouse".'],
  [complete.replace('orders', 'Orders') + ' --yes', '"Orders" cannot be the name of a job.'],
  [complete.replace('customer', 'client') + ' --yes', '--visitor: the records have no field "client".'],
  [complete.replace('customer', 'contact') + ' --yes', '--visitor contact: a visitor needs a text'],
  [complete.replace('eVar1', 'eVar251') + ' --yes', 'Adobe knows no column "eVar251".'],
  [`${complete} --column event1=product --yes`, 'product is text, and event1 takes a number.'],
  [`${complete} --column eVar2=contact --yes`, 'look like e-mail addresses'],
  [`${complete} --primary-key product --yes`, 'two records of this page have the same product.'],
  [`${complete} --cursor product --yes`, 'are neither instants nor rising numbers'],
  [`${complete} --from-param from --yes`, 'takes --start'],
  [`${complete} --records items --yes`, 'has no list at "items".'],
  [complete, 'There is no terminal to ask questions at.'],
])('new-job %s fails with the reason, and writes nothing', async (options, message) => {
  const before = await filesIn(folder)
  const { code, said } = await run(options)
  expect(code).toBeGreaterThan(0)
  expect(said).toContain(message)
  expect(await filesIn(folder)).toEqual(before)
})

it.each([
  ['?api_key=canary', 'looks like a credential'],
  ['?status=a&status=b', 'has the parameter "status" twice'],
])('new-job refuses a URL with %s before it sends a request', async (query, message) => {
  const asked = server.requests.length
  const { said, code } = await runAtTerminal(
    ['new-job', '--url', `${server.url}/${query}`, ...`${complete} --yes`.split(' ')],
    { folder },
  )
  expect(code).toBe(2)
  expect(said).toContain(message)
  expect(server.requests).toHaveLength(asked)
})

it.each([
  ['an error status', { status: 403, body: {} }, 'answered HTTP 403'],
  ['a body that is not JSON', { status: 200, body: 'no' }, 'is not JSON'],
  ['no records', { status: 200, body: { orders: [] } }, 'is empty'],
])('new-job fails for %s, and writes nothing', async (_what, reply, message) => {
  answer = () => reply
  const before = await filesIn(folder)
  const { code, said } = await run(`${complete} --yes`)
  expect(code).toBeGreaterThan(0)
  expect(said).toContain(message)
  expect(await filesIn(folder)).toEqual(before)
})

it('new-job does not take a page for the whole where the answer carries a token', async () => {
  answer = () => ({ status: 200, body: { ...page, next_token: 'x' } })
  expect((await run(`${complete} --yes`)).said).toContain('--page-param')
  expect((await run(`${complete} --page-param after --yes`)).code).toBe(0)
  expect(await text('src/jobs/orders.ts')).toContain("nextToken({ path: 'next_token', param: 'after' })")
})

it('new-job overwrites no file', async () => {
  await writeFile(join(folder, 'src/jobs/orders.ts'), 'mine')
  const { code, said } = await run(`${complete} --yes`)
  expect(code).toBe(2)
  expect(said).toContain('src/jobs/orders.ts exists already')
  expect(await text('src/jobs/orders.ts')).toBe('mine')
})

it('new-job asks a person for what the page does not say, and for leave to write', async () => {
  const questions: string[] = []
  const answers = ['', '', 'customer', 'eVar1=product,event1', 'y']
  const ask = (question: string) => {
    questions.push(question)
    return Promise.resolve(answers.shift() ?? '')
  }
  const { code } = await run('--name orders --destination bulk-data-insertion', { ask })
  expect(code).toBe(0)
  expect(questions.map((question) => question.split(/[ ,.:]/)[0])).toEqual([
    'How',
    'Field',
    'Field',
    'Columns',
    'Write',
  ])
  expect(await text('src/jobs/orders.ts')).toContain("events: events('event1')")
})

it('new-job writes nothing where the person says no', async () => {
  const before = await filesIn(folder)
  const { code, said } = await run(complete, {
    ask: (question) => Promise.resolve(question.startsWith('Write') ? 'n' : ''),
  })
  expect(code).toBe(2)
  expect(said).toContain('Nothing was written.')
  expect(await filesIn(folder)).toEqual(before)
})

it('remove-job leaves every file as it was before new-job, byte for byte', async () => {
  const before = await filesIn(folder)
  await run(`${complete} --auth basic --yes`, {
    env: { ORDERS_API_USER: 'ann', ORDERS_API_PASSWORD: 'canary-pw' },
  })
  const orders: ListedJob = {
    ...{ name: 'orders', faults: [], sync: { mode: 'incremental' }, source: { kind: 'rest' } },
    destination: { kind: 'bulk-data-insertion' },
    inputNames: [
      ...['ORDERS_API_BASE_URL', 'ORDERS_API_USER', 'ORDERS_API_PASSWORD'],
      'ANALYTICS_REPORT_SUITE',
    ],
  }
  expect(Object.keys(await filesIn(folder)).length).toBe(Object.keys(before).length + 2)

  const { code, printed } = await runAtTerminal(['remove-job', 'orders'], { folder, jobs: [orders] })

  expect(code).toBe(0)
  expect(await filesIn(folder)).toEqual(before)
  expect(printed).toContain('aio rt trigger delete orders-every-15-minutes')
  expect(printed).toContain('Its state stays in Files')
})

it('new-job and remove-job tell a program with --json which files they have changed', async () => {
  const made = await run(`${complete} --yes --json`)
  const orders: ListedJob = {
    ...{ name: 'orders', faults: [], sync: { mode: 'incremental' }, source: { kind: 'rest' } },
    ...{ destination: { kind: 'bulk-data-insertion' }, inputNames: ['ORDERS_API_BASE_URL'] },
  }
  const removed = await runAtTerminal(['remove-job', 'orders', '--json'], { folder, jobs: [orders] })

  const changesOf = (printed: string) => {
    const { files, ...others } = JSON.parse(printed) as { files: { path: string; change: string }[] }
    return { ...others, files: Object.fromEntries(files.map(({ path, change }) => [path, change])) }
  }
  expect(changesOf(made.printed)).toMatchObject({
    ...{ job: 'orders', inputs: ['ORDERS_API_BASE_URL'] },
    files: { 'src/jobs/orders.ts': 'new', 'src/jobs/index.ts': 'changed', 'ext.config.yaml': 'changed' },
  })
  expect(changesOf(removed.printed)).toMatchObject({
    ...{ job: 'orders', triggers: ['orders-every-15-minutes'], unusedInputs: ['ORDERS_API_BASE_URL'] },
    files: { 'src/jobs/orders.ts': 'removed', 'src/jobs/index.ts': 'changed' },
  })
})

it('remove-job refuses a job that is not there', async () => {
  const { code, said } = await runAtTerminal(['remove-job', 'orders'], { folder })
  expect(code).toBe(1)
  expect(said).toContain('There is no job "orders".')
})
