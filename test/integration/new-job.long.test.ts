import { startEmulator } from '../../emulators/emulator'
import { copyProject } from '../fixtures/project-copy'
import type { Emulator, LoggedRequest, Reply } from '../../emulators/emulator'
import type { ProjectCopy } from '../fixtures/project-copy'

const dayMs = 24 * 60 * 60_000
const costDays = 12
/** The first of the days that have costs; the last of them is over on any day that the test may end on. */
const firstDay = Math.floor(Date.now() / dayMs) * dayMs - 20 * dayMs
const dayOf = (index: number) => new Date(firstDay + index * dayMs).toISOString().slice(0, 10)

/** Fields of every kind that a page can show; two pages by the header Link. */
const orders = Array.from({ length: 7 }, (_, index) => ({
  ...{
    id: 100 + index,
    'order-no': `A-${index}`,
    changed: new Date(firstDay + index * 3_600_000).toISOString(),
  },
  customer: { number: 5_000 + (index % 3), email: `person${index}@example.com` },
  ...{ price: `${index}.50`, weight: index % 2 === 0 ? null : index / 4, gift: index % 3 === 0 },
  ...(index % 2 === 0 ? { shipping: { city: "L'Aquila", zone: index } } : {}),
  ...{ tags: index === 0 ? [] : ['new'], mixed: index % 2 === 0 ? 'text' : 1, note: null },
}))
const costs = Array.from({ length: costDays }, (_, day) => ({
  ...{ day: dayOf(day), campaign: `spring-${day % 2}` },
  ...{ cost: 10.25 + day, clicks: 3 * day },
}))
const campaigns = ['a', 'b', 'c'].map((code, index) => ({
  ...{ code, title: `Campaign ${code}`, budget: index === 1 ? null : 100 * (index + 1), active: index > 0 },
}))

function answer(request: LoggedRequest): Reply {
  const { pathname, searchParams } = new URL(request.url, 'http://api')
  const { authorization = '', 'x-key': key = '' } = request.headers
  const refused = { status: 401, body: { error: 'unauthorized' } }
  if (pathname === '/v2/orders') {
    if (authorization !== 'Bearer canary-token') return refused
    const isSecond = searchParams.get('cursor') === 'second'
    const link = `</v2/orders?cursor=second>; rel="next"`
    return isSecond
      ? { status: 200, body: { result: { items: orders.slice(4) } } }
      : { status: 200, headers: { link }, body: { result: { items: orders.slice(0, 4) } } }
  }
  if (pathname === '/costs') {
    if (key !== 'canary-key') return refused
    const [from = '', to = ''] = ['from', 'to'].map((name) => searchParams.get(name)?.slice(0, 10))
    return {
      status: 200,
      body: { data: costs.filter(({ day }) => day >= from && day < to), total: costDays },
    }
  }
  if (pathname === '/campaigns') {
    const expected = `Basic ${Buffer.from('reader:canary-password').toString('base64')}`
    return authorization === expected ? { status: 200, body: campaigns } : refused
  }
  return { status: 404, body: {} }
}

const secrets = {
  ...{ WEB_ORDERS_API_TOKEN: 'canary-token', AD_SPEND_API_KEY: 'canary-key' },
  ...{ CAMPAIGN_NAMES_API_USER: 'reader', CAMPAIGN_NAMES_API_PASSWORD: 'canary-password' },
}

let server: Emulator
let copy: ProjectCopy
beforeAll(async () => {
  server = await startEmulator(answer)
  copy = await copyProject()
})
afterAll(async () => {
  await copy.remove()
  await server.stop()
})

it('jobs that new-job writes compile, are formatted, pass their tests, deliver their rows, and can be removed', async () => {
  const before = await copy.snapshot()
  const cli = 'node bin/analytics-ingest.js'
  const lines = [
    `new-job --yes --name web-orders --url ${server.url}/v2/orders --auth bearer --destination bulk-data-insertion --timestamp changed --visitor customer.number --column eVar1=shipping.city --column prop2=weight --column eVar3=gift --column eVar4=order-no --column event1 --column event2=price --column event3=shipping.zone`,
    `new-job --yes --name ad-spend --url ${server.url}/costs --auth api-key --api-key-header x-key --destination data-sources --timestamp day --time-zone UTC --start ${dayOf(0)} --from-param from --to-param to --single-page --primary-key day,campaign --column "Tracking Code=campaign" --column "Event 10=cost" --column "Event 11=clicks"`,
    `new-job --yes --name campaign-names --url ${server.url}/campaigns --auth basic --destination classifications --variable campaign --column Title=title --column Budget=budget --column Active=active`,
  ]
  for (const line of lines) {
    const written = await copy.sh(`${cli} ${line}`, secrets)
    expect(written).toMatchObject({ code: 0 })
    expect(written.stdout + written.stderr).not.toMatch(/canary|@example\.com/)
  }
  const names = ['web-orders', 'ad-spend', 'campaign-names']
  const after = await copy.snapshot()
  const files = Object.keys(after).filter((path) => after[path] !== before[path])
  expect(files.sort()).toEqual(
    [
      ...names.flatMap((name) => [`src/jobs/${name}.ts`, `test/unit/jobs/${name}.test.ts`]),
      ...['src/jobs/index.ts', 'ext.config.yaml', '.env.example'],
    ].sort(),
  )
  expect((await copy.sh(`! grep -rlE "canary-|@example.com" ${files.join(' ')}`)).stdout).toBe('')

  const checks = [
    'node_modules/.bin/tsc',
    `node_modules/.bin/eslint ${files.filter((path) => path.endsWith('.ts')).join(' ')}`,
    `node_modules/.bin/prettier --check ${files.filter((path) => path !== '.env.example').join(' ')}`,
    'node_modules/.bin/jest test/unit/jobs/web-orders test/unit/jobs/ad-spend test/unit/jobs/campaign-names test/unit/user-project',
  ]
  for (const check of checks) {
    const { code, stdout, stderr } = await copy.sh(check)
    expect({ check, code, text: code === 0 ? '' : stdout + stderr }).toEqual({ check, code: 0, text: '' })
  }

  const expected = {
    'web-orders': orders.length,
    'ad-spend': costs.length,
    'campaign-names': campaigns.length,
  }
  for (const [name, rows] of Object.entries(expected)) {
    const base = { [`${name.toUpperCase().replace('-', '_')}_API_BASE_URL`]: server.url }
    const { code, stdout, stderr } = await copy.sh(`${cli} try ${name} --json`, { ...secrets, ...base })
    expect({ name, code, stderr: code === 0 ? '' : stderr + stdout }).toEqual({ name, code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'succeeded',
      records: rows,
      rows,
      rejects: 0,
      pending: 0,
    })
  }

  for (const name of names) expect(await copy.sh(`${cli} remove-job ${name}`)).toMatchObject({ code: 0 })
  expect(await copy.snapshot()).toEqual(before)
}, 2_400_000)
