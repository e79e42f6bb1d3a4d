import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAnalytics } from '../../emulators/analytics/analytics'
import { startIms } from '../../emulators/ims/ims'
import { root } from '../../emulators/local/root'
import {
  bulkDataInsertion,
  defineJob,
  fullRefresh,
  input,
  join as joinSource,
  restSource,
  secret,
  z,
} from '../../src'
import { examine } from '../../src/app-builder/doctor/doctor'
import type { Practice } from '../../src/app-builder/doctor/doctor'
import type { AnalyticsEmulator } from '../../emulators/analytics/analytics'
import type { ImsEmulator } from '../../emulators/ims/ims'

const orgId = '8C6767C25245AD1A0A490D4C@AdobeOrg'
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

let ims: ImsEmulator
let analytics: AnalyticsEmulator
let folder: string
let good: Record<string, string>
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'))
  ims = await startIms()
  analytics = await startAnalytics({ verifyToken: (token) => ims.verify(token) })
  analytics.suites.add('exampleflights')
  ims.register({
    clientId: 'client',
    secrets: ['canary-secret'],
    orgId,
    scopes: ['openid', 'AdobeID'],
    technicalAccountId: 'ABC@techacct.adobe.com',
  })
  good = {
    IMS_BASE_URL: ims.url,
    ANALYTICS_BASE_URL: analytics.url,
    ANALYTICS_REPORT_SUITE: 'exampleflights',
    ANALYTICS_COMPANY_ID: 'exampl0',
    IMS_OAUTH_S2S_CLIENT_ID: 'client',
    IMS_OAUTH_S2S_CLIENT_SECRET: 'canary-secret',
    IMS_OAUTH_S2S_ORG_ID: orgId,
    IMS_OAUTH_S2S_SCOPES: '["openid","AdobeID"]',
  }
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await ims.stop()
  await analytics.stop()
})

/** `npm run doctor` with these values of .env. */
function doctor(inputs: Record<string, string> | null, ...args: readonly string[]) {
  return examined({ inputs }, args)
}

/** The doctor with another environment, or other jobs. */
async function examined(practice: Partial<Practice>, args: readonly string[] = []) {
  const lines: string[] = []
  const print = (line: string) => lines.push(line)
  const code = await examine(args, { inputs: null, env: {}, jobs: [], print, ...practice })
  const output = lines.join('\n')
  expect(output).not.toContain('canary')
  return { code, output }
}

/** The command itself, in a folder with this .env. */
async function runCommand(inputs: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const lines = Object.entries(inputs).map(([name, value]) => `${name}='${value}'`)
  writeFileSync(join(folder, '.env'), lines.join('\n'))
  const child = spawn(
    process.execPath,
    ['--require', require.resolve('esbuild-register'), join(root, 'src/app-builder/doctor/main.ts')],
    { cwd: folder },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  }
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  expect(output).not.toContain('canary')
  return { code, output }
}

it('the doctor finds no fault in a good configuration, and lists its checks', async () => {
  const { code, output } = await runCommand(good)

  expect(output).toMatch(/✔ OAuth Server-to-Server/)
  expect(output).toMatch(/✔ Service token: minted for client, valid for 24 h/)
  expect(output).toMatch(/✔ ANALYTICS_COMPANY_ID: exampl0 \(Example\)/)
  expect(output).toMatch(/✔ ANALYTICS_REPORT_SUITE: exampleflights can be read/)
  // The jobs of this app may have inputs that are not set here.
  expect(output).not.toMatch(/✖ (?!Job )/)
  expect(code).toBe(output.includes('✖ Job ') ? 1 : 0)
})

it('the doctor explains how to begin without a .env', async () => {
  expect(await doctor(null)).toMatchObject({
    code: 1,
    output: expect.stringContaining('.env.example') as string,
  })
  const { code, output } = await doctor(null, '--json')
  expect(JSON.parse(output)).toMatchObject({ exitCode: 1, findings: [{ level: 'fault', subject: '.env' }] })
  expect(code).toBe(1)
})

it.each<[string, Record<string, string>, RegExp]>([
  ['a missing secret', { IMS_OAUTH_S2S_CLIENT_SECRET: '' }, /IMS_OAUTH_S2S_CLIENT_SECRET is missing/],
  [
    'a malformed organisation',
    { IMS_OAUTH_S2S_ORG_ID: 'Example Inc' },
    /IMS_OAUTH_S2S_ORG_ID is not of the form/,
  ],
  [
    'a wrong secret',
    { IMS_OAUTH_S2S_CLIENT_SECRET: 'canary-wrong' },
    /invalid_client.*\n.*→ Check client id/,
  ],
  ['a scope that is not assigned', { IMS_OAUTH_S2S_SCOPES: 'openid,other' }, /invalid_scope/],
  ['a name of another template', { OAUTHS2S_CLIENT_ID: 'x' }, /Rename it to IMS_OAUTH_S2S_CLIENT_ID/],
  ['a host that is no more', { ANALYTICS_BASE_URL: 'https://api.omniture.com' }, /1\.4 API ended/],
  ['an address that is none', { IMS_BASE_URL: 'ims' }, /IMS_BASE_URL/],
  ['another company', { ANALYTICS_COMPANY_ID: 'wrong0' }, /Set ANALYTICS_COMPANY_ID=exampl0/],
  ['a suite out of reach', { ANALYTICS_REPORT_SUITE: 'secret' }, /secret cannot be read: .*(403|forbidden)/i],
  [
    'a webhook without a kind',
    { ALERT_WEBHOOK_URL: 'https://canary.example' },
    /ALERT_WEBHOOK_KIND is not set/,
  ],
  ['a short encryption key', { TOKEN_ENCRYPTION_KEY: 'c2hvcnQ=' }, /TOKEN_ENCRYPTION_KEY is not 32 bytes/],
])('names %s and what to do', async (_what, change, words) => {
  const { output } = await doctor({ ...good, ...change })

  expect(output).toMatch(words)
})

it('the doctor checks one job against the live suite where it is asked to', async () => {
  const { code, output } = await doctor(good, '--job', 'no-such-job')

  expect(output).toMatch(/✔ ANALYTICS_REPORT_SUITE: exampleflights can be read/)
  expect(output).toMatch(/✖ Job no-such-job: There is no job "no-such-job"/)
  expect(code).toBe(1)
})

it.each([
  ['the page of a proxy', { status: 200, body: '<html>Please log in</html>' }],
  ['an error', { status: 200, body: { errorCode: 'unauthorized' } }],
  ['no metric', { status: 200, body: [] }],
])('the doctor does not call a suite readable where HTTP 200 comes with %s', async (_what, reply) => {
  analytics.once({ kind: 'reply', reply }, ({ url }) =>
    new URL(url, analytics.url).pathname.endsWith('/metrics'),
  )
  const { code, output } = await doctor(good)

  expect(output).toContain('✖ ANALYTICS_REPORT_SUITE: exampleflights cannot be read')
  expect(code).toBe(1)
})

it('the doctor does not take the page of a proxy for an answer of Analytics', async () => {
  const reply = { status: 200, body: '<html>Please log in</html>' }
  analytics.once({ kind: 'reply', reply }, ({ url }) => url.endsWith('/discovery/me'))
  const { code, output } = await doctor(good)

  expect(output).toContain('✖ Analytics, discovery/me: HTTP 200, and not the answer of Analytics')
  expect(code).toBe(1)
})

it('the doctor distinguishes a missing product profile from an invalid token', async () => {
  analytics.knobs.withoutProfile.add('client')

  const { code, output } = await doctor(good)

  expect(output).toMatch(/✔ Service token/)
  expect(output).toMatch(/403025.*product profile\n.*Admin Console/)
  expect(code).toBe(1)
})

it('the doctor prints no escape sequence that a server has sent', async () => {
  const companies = [{ globalCompanyId: 'exampl0', companyName: 'Example\u001b]0;owned\u0007\u009b31m' }]
  analytics.once({
    kind: 'reply',
    reply: { status: 200, body: { imsOrgs: [{ imsOrgId: orgId, companies }] } },
  })
  const found = await doctor(good)
  const body = { error: 'invalid_client', error_description: 'wrong \u001b[2J secret\r✔ all is well' }
  ims.once({ kind: 'reply', reply: { status: 400, body } })
  const refused = await doctor(good)

  expect(found.output).toContain('Example')
  expect(refused.output).toContain('wrong')
  // eslint-disable-next-line no-control-regex
  expect(`${found.output}${refused.output}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
})

it('the doctor prints the steps from JWT to OAuth, with the values that stay', async () => {
  const { output } = await doctor({
    IMS_BASE_URL: ims.url,
    ANALYTICS_BASE_URL: analytics.url,
    JWT_CLIENT_ID: 'client',
    JWT_CLIENT_SECRET: 'canary-secret',
    JWT_TECHNICAL_ACCOUNT_ID: 'ABC@techacct.adobe.com',
    JWT_IMS_ORG: orgId,
    JWT_METASCOPES: 'ent_analytics_bulk_ingest_sdk',
    JWT_PRIVATE_KEY: Buffer.from(privateKey).toString('base64'),
  })

  expect(output).toMatch(/✔ Service Account \(JWT\): all inputs/)
  expect(output).toMatch(/✖ Service token: .*invalid_client/)
  expect(output).toContain('IMS_OAUTH_S2S_CLIENT_ID=client')
  expect(output).toContain(`IMS_OAUTH_S2S_ORG_ID=${orgId}`)
})

it('the doctor does not echo an invalid private key', async () => {
  const { output } = await doctor({
    ...good,
    JWT_PRIVATE_KEY: Buffer.from('canary-no-key').toString('base64'),
  })

  expect(output).toMatch(/JWT_PRIVATE_KEY is no private key/)
  expect(output).not.toContain('Y2FuYXJ5')
})

const pages = defineJob({
  name: 'pages',
  source: restSource({ baseUrl: input('PAGES_API_BASE_URL'), path: '/pages', records: 'data' }),
  sync: fullRefresh({ primaryKey: 'id' }),
  record: z.object({ id: z.string(), at: z.iso.datetime(), ip: z.string() }),
  inputs: { salt: secret('PAGES_SALT') },
  map: (page) => ({ timestamp: page.at, ipaddress: page.ip, userAgent: 'pages/1.0', pageName: page.id }),
  destination: bulkDataInsertion({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    columns: ['timestamp', 'ipaddress', 'userAgent', 'pageName'],
  }),
})

it('the doctor names every input of a job that is unset or too short', async () => {
  const { code, output } = await examined({ inputs: { ...good, PAGES_SALT: 'abc' }, jobs: [pages] })

  expect(output).toMatch(/✖ Job pages: The input PAGES_API_BASE_URL is not set\. .*PAGES_SALT/)
  expect(code).toBe(1)
})

const owned = defineJob({
  name: 'owned',
  source: restSource({ baseUrl: input('PAGES_API_BASE_URL'), path: '/pages', records: 'data' }),
  sync: fullRefresh({ primaryKey: 'id' }),
  joins: {
    owner: joinSource({
      source: restSource({ baseUrl: input('OWNERS_API_BASE_URL'), path: '/owners', records: 'data' }),
      ...{ key: 'id', by: 'id', fields: ['name'], whenUnmatched: 'null' },
    }),
  },
  record: z.object({
    ...{ id: z.string(), at: z.iso.datetime(), ip: z.string() },
    owner: z.object({ name: z.string() }).nullable(),
  }),
  map: (page) => ({ timestamp: page.at, ipaddress: page.ip, userAgent: 'pages/1.0', pageName: page.id }),
  destination: bulkDataInsertion({
    reportSuite: input('ANALYTICS_REPORT_SUITE'),
    columns: ['timestamp', 'ipaddress', 'userAgent', 'pageName'],
  }),
})

it('the doctor names an unset input of a source that a job joins', async () => {
  const inputs = { ...good, PAGES_API_BASE_URL: 'https://pages.example' }
  const { code, output } = await examined({ inputs, jobs: [owned] })

  expect(owned.faults).toEqual([])
  expect(output).toContain('✖ Job owned: The input OWNERS_API_BASE_URL is not set.')
  expect(code).toBe(1)
})

it('the doctor reads the environment beside .env, and the environment takes precedence', async () => {
  const env = { PAGES_API_BASE_URL: 'https://pages.example', PAGES_SALT: 'canary-salt' }

  const both = await examined({ inputs: { ...good, PAGES_SALT: '' }, env, jobs: [pages] })
  const alone = await examined({ inputs: null, env: { ...good, ...env }, jobs: [pages] })

  expect(both).toMatchObject({ code: 0, output: expect.stringContaining('✔ Job pages') as string })
  expect(alone).toMatchObject({ code: 0, output: expect.stringContaining('✔ Service token') as string })
})

it('the doctor finds no fault in an unset report suite that no job refers to', async () => {
  const unset = { ...good, ANALYTICS_REPORT_SUITE: '', ANALYTICS_COMPANY_ID: '' }

  const unused = await examined({ inputs: unset })
  const used = await examined({
    inputs: { ...unset, PAGES_API_BASE_URL: 'https://a.example' },
    jobs: [pages],
  })

  expect(unused).toMatchObject({ code: 0, output: expect.stringContaining('no job refers to it') as string })
  expect(used).toMatchObject({ code: 1, output: expect.stringContaining('ANALYTICS_REPORT_SUITE') as string })
})

it('the doctor exits with 3 and names what it could not check, where it finds no fault', async () => {
  const { IMS_BASE_URL = '', ANALYTICS_BASE_URL = '' } = good
  const customers = {
    ...{ IMS_BASE_URL, ANALYTICS_BASE_URL, IMS_ADMIN_CLIENT_ID: 'client' },
    ...{ IMS_ADMIN_CLIENT_SECRET: 'canary-secret', IMS_ADMIN_SCOPES: 'openid' },
  }

  const { code, output } = await examined({ inputs: customers, jobs: [pages] })

  expect(output).toMatch(/– Job pages: .*PAGES_API_BASE_URL is not set/)
  expect(output).toMatch(
    /– Service token: not checked, because an Enterprise Web App gets tokens for customers/,
  )
  expect(output).toMatch(/No fault was found\. 3 could not be checked/)
  expect(code).toBe(3)
})

it('the doctor exits with 1, and names what it could not check, where there is a fault as well', async () => {
  const { code, output } = await doctor({ ...good, IMS_BASE_URL: 'ims' }, '--job', 'pages')

  expect(output).toMatch(/✖ IMS_BASE_URL/)
  expect(output).toMatch(/– Job pages, live: not checked, because a base URL cannot be used/)
  expect(code).toBe(1)
})

it('the doctor refuses an option that it does not have', async () => {
  const { code, output } = await doctor(good, '--jobs', 'pages')

  expect(output).toMatch(/--jobs.*\n.*npm run doctor -- --job <name>/)
  expect(code).toBe(2)
})

it('with --json the doctor prints its findings and the exit code for a program', async () => {
  const { code, output } = await examined({ inputs: { ...good, IMS_OAUTH_S2S_ORG_ID: 'nobody' } }, ['--json'])
  const { exitCode, findings } = JSON.parse(output) as { exitCode: number; findings: { level: string }[] }

  expect([code, exitCode]).toEqual([1, 1])
  expect(findings).toContainEqual(
    expect.objectContaining({ level: 'fault', subject: 'OAuth Server-to-Server' }),
  )
})
