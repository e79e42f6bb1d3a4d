import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOptions } from '../../bench/options'
import { apiKey, namespace } from '../../emulators/local/platform'
import { root } from '../../emulators/local/root'
import { startDeployedApp } from '../fixtures/deployed-app'
import { documentedLines } from '../fixtures/documented-lines'
import { invoke } from '../fixtures/namespace-client'
import type { FlightRecord } from '../../emulators/partner-api/partner-api'
import type { DeployedApp } from '../fixtures/deployed-app'

/** A documented line with its result. */
interface Ran {
  /** Exit codes that are right; of an invocation, 0 for a result without an error. */
  readonly code: readonly number[]
  /** Part of what it prints. */
  readonly shows: RegExp
}

const done = [0]
/** The doctor examines the jobs of this project: which of their inputs are set is the user's. */
const examined: Ran = { code: [0, 1, 3], shows: /Service token: minted for/ }
const report: Ran = { code: done, shows: /flights: succeeded|"outcome":"succeeded"/ }
const status: Ran = { code: done, shows: /stands at|"cursor"/ }

/** The lines that are run here, in this order: each builds on the state that those before it have left. */
const ran: Readonly<Record<string, Ran>> = {
  'npm run job -- help': { code: done, shows: /Exit codes: 0 succeeded/ },
  'npx analytics-ingest': { code: done, shows: /Exit codes: 0 succeeded/ },
  'npm run job -- list': { code: done, shows: /sync mode/ },
  'npm run doctor': examined,
  'npm run doctor -- --job flights': examined,
  'npm run doctor -- --job orders': examined,
  'npm run doctor -- --job campaign-costs': examined,
  'npm run doctor -- --job tracking-codes': examined,
  'npm run job -- run flights --dry-run': { code: [0, 3], shows: /flights: (succeeded|partial)/ },
  'npm run job -- run campaign-costs --dry-run': { code: [0, 3], shows: /flights: (succeeded|partial)/ },
  'npm run job -- run tracking-codes --dry-run': { code: [0, 3], shows: /flights: (succeeded|partial)/ },
  'aio rt action invoke analytics-ingest/run-job --param job flights --param dryRun true --result': {
    ...{ code: done, shows: /"outcome":"(succeeded|partial)"/ },
  },
  'npx --yes @adobe/aio-cli@11.0.2 rt action invoke analytics-ingest/run-job --param job flights --param dryRun true --result':
    { code: done, shows: /"outcome":"(succeeded|partial)"/ },
  'npm run job -- run flights': report,
  'aio rt action invoke analytics-ingest/run-job --param job orders --result': report,
  'npm run job -- status flights': status,
  'npm run job -- status <job>': status,
  'npm run job -- rejects <job>': { code: done, shows: /record-invalid +1/ },
  'npm run job -- backfill flights --from "2001/01/01 00:00" --to "2001/01/02 00:00" --force --dry-run': {
    ...{ code: [0, 3], shows: /flights: (succeeded|partial)/ },
  },
  'npm run job -- page': { code: done, shows: /job-status\/open\?link=/ },
  'aio rt action invoke analytics-ingest/run-job --param job <job> --param inspect true --result': status,
  'aio rt action invoke analytics-ingest/job-status --result': { code: done, shows: /"job":"flights"/ },
  'aio rt action invoke analytics-ingest/connect --param invite adobe --param org <their org id> --param inputs \'{"ANALYTICS_REPORT_SUITE":"their-suite"}\' --result':
    { code: done, shows: /connect\/start\?invitation=/ },
  'aio rt action invoke analytics-ingest/run-job --param job orders --param resolve rejects --param as resend':
    {
      ...{ code: done, shows: /"outcome":"(succeeded|partial)"/ },
    },
  // A held batch: the source has two new flights, and Analytics says that it refuses one of them.
  'npm run job -- run orders': { code: [1], shows: /Batch .+ waits for a person/ },
  'npm run job -- resolve <job> <batch> --as sent': report,
}

/** Lines of the real CLI whose requests are recorded, and replayed by `aio-cli.test.ts`, with the recorded command. */
const recorded: Readonly<Record<string, string>> = {
  'aio app deploy': 'aio app deploy --force-deploy',
  'aio app deploy --force-deploy': 'aio app deploy --force-deploy',
  'npx --yes @adobe/aio-cli@11.0.2 app deploy --force-deploy': 'aio app deploy --force-deploy',
  'aio app logs': 'aio app logs',
  'aio app undeploy': 'aio app undeploy',
  'aio rt activation list': 'aio rt activation list --limit 2',
  'aio rt activation logs <id>': 'aio rt activation logs {id}',
  'aio rt rule list': 'aio rt rule list',
  'aio rt trigger fire': 'aio rt trigger fire wake --param k v',
  'aio rt trigger get <trigger>': 'aio rt trigger get wake',
}

/** Lines that another test runs. */
const elsewhere: Readonly<Record<string, string>> = {
  'npm run job -- new-job': 'test/unit/cli/new-job/new-job.test.ts',
  'npm run job -- new-job --yes': 'test/integration/new-job.long.test.ts',
  'npm run job -- new-job --practice --yes --name sales --url "/v1/sales?limit=500" --since-param since --page-param page_token --destination bulk-data-insertion --visitor customer --column eVar1=product --column eVar2=branch.city --column event1 --column event2=total':
    'test/integration/tutorial.long.test.ts',
  'npm run job -- remove-job <job>': 'test/integration/tutorial.long.test.ts',
  'npm run job -- remove-job sales': 'test/integration/tutorial.long.test.ts',
  'npm run job -- try <job>': 'test/integration/tutorial.long.test.ts',
  'npm run job -- try orders': 'test/integration/new-job.long.test.ts',
  'npm run job -- try sales --practice': 'test/integration/tutorial.long.test.ts',
  'npx jest test/unit/jobs/sales.test.ts': 'test/integration/new-job.long.test.ts',
  'npm run local': 'test/e2e/kept-platform.long.test.ts',
  'npm run local -- --keep': 'test/e2e/kept-platform.long.test.ts',
  'source dist/local.env': 'test/e2e/kept-platform.long.test.ts',
  'rm -r .local': 'test/e2e/kept-platform.long.test.ts',
  'aio rt action invoke analytics-ingest/watchdog --param test true --result':
    'test/integration/watchdog.test.ts',
  'aio rt action invoke analytics-ingest/watchdog --param inspect true --result':
    'test/integration/watchdog.test.ts',
  'aio rt action invoke analytics-ingest/verify-arrival --param job flights --result':
    'test/integration/verify-arrival.test.ts',
  'npm run build': 'test/integration/build.test.ts',
  'npm ci && npm run template': 'test/e2e/template.long.test.ts',
  'npx --yes @adobe/aio-cli@11.0.2 app init my-app -t file:$PWD/generator-app-analytics-ingest-0.1.0.tgz':
    'test/e2e/template.long.test.ts',
  'npm run upgrade -- --from https://github.com/<owner>/<repository>.git --to v1.2.0':
    'test/e2e/upgrade.long.test.ts',
}

/** Lines that run the tests, tools and installs of the project itself, which `.ci/run` or a person does. */
const ofTheProject = [
  ...[
    'npm ci',
    'npm ci && npm start',
    'npm ci && npm test',
    'npm start',
    'npm run lint',
    'npm run typecheck',
  ],
  'npm run screenshots',
  ...['npm run test:all', 'npm run test:flaky', 'npm run test:mutants', 'npm run typecheck && npm test'],
  'npm run lint && npm run typecheck && npm test',
  ...['git merge --abort', 'npm pack ./dist/template'],
  'npm install && npm run typecheck && npm test && git commit',
  'npx -y -p node@24 node node_modules/jest/bin/jest.js test/unit',
  "npx jest --testMatch '**/million-keys.long.test.ts'",
]

/** Lines of the bench, whose measurements take minutes. */
const measured = documentedLines().filter((line) => line.startsWith('npm run bench'))

/** Lines that need an account of Adobe or of npm, or a caller's own token. */
const ofAnAccount = [
  ...['aio app use', 'npx --yes @adobe/aio-cli@11.0.2 app use', 'npx --yes @adobe/aio-cli@11.0.2 login'],
  ...['npm publish dist/template', 'openssl rand -base64 32'],
  'curl -X POST "$URL" -H "authorization: Bearer $TOKEN" \\',
]

const known = [
  ...[ran, recorded, elsewhere].flatMap((lines) => Object.keys(lines)),
  ...[...ofTheProject, ...measured, ...ofAnAccount],
]

describe('a command line of the documentation', () => {
  it('is run by a test, or stands in the list of those that cannot be', () => {
    expect(documentedLines().filter((line) => !known.includes(line))).toEqual([])
  })

  it('stands in a list only while a page has it', () => {
    const lines = documentedLines()
    expect(known.filter((line) => !lines.includes(line))).toEqual([])
  })

  it('that another test runs names a test that exists', () => {
    expect(Object.values(elsewhere).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('of the bench has options that the bench knows', () => {
    for (const line of measured) {
      const [, options = ''] = line.split(' -- ')
      expect(() => readOptions(options.split(' ').filter(Boolean))).not.toThrow()
    }
  })

  it('of the real CLI has a recording', () => {
    const text = readFileSync(join(root, 'test/fixtures/aio-cli.json'), 'utf8')
    const commands = (JSON.parse(text) as { command: string }[]).map(({ command }) => command)
    expect(Object.values(recorded).filter((command) => !commands.includes(command))).toEqual([])
  })
})

describe('on a local platform', () => {
  let app: DeployedApp
  beforeAll(async () => {
    app = await startDeployedApp()
    app.platform.partner.flights.splice(400, Infinity, { date: 'no date' })
  })
  afterAll(() => app.platform.stop())

  it.each(Object.entries(ran))('%s', async (line, { code, shows }) => {
    if (line === 'npm run job -- run orders') refuseNextRows(app)
    const ended = await (isInvocation(line) ? invokeLine(app, line) : shell(app, await filled(app, line)))

    expect(ended.text).toMatch(shows)
    expect(code).toContain(ended.code)
  })
})

/** Jobs of the pages are this one here; a batch is the one that is held. */
async function filled(app: DeployedApp, line: string): Promise<string> {
  const named = line.replace(/<job>|\b(?:orders|campaign-costs|tracking-codes)\b/g, 'flights')
  return named.includes('<batch>') ? named.replace('<batch>', await heldBatch(app)) : named
}

async function heldBatch({ platform }: DeployedApp): Promise<string> {
  const { jobs } = (await invoke(platform, 'job-status', { job: 'flights' })) as {
    jobs: { held: { batch: string }[] }[]
  }
  return jobs[0]?.held[0]?.batch ?? 'none'
}

function refuseNextRows({ platform: { analytics, partner } }: DeployedApp): void {
  const [first] = partner.flights as FlightRecord[]
  for (const minute of [58, 59]) partner.flights.push({ ...first, date: `2001/12/31 23:${minute}` })
  const body = { status_code: 'UPLOADED', rows: 2, invalid_rows: 1 }
  analytics.once(
    { kind: 'reply', reply: { status: 200, body } },
    ({ method, url }) => method === 'POST' && url.endsWith('/events'),
  )
}

interface Ended {
  readonly code: number | null
  readonly text: string
}

const isInvocation = (line: string) => line.includes(' rt action invoke ')

/** Sends what `aio rt action invoke` sends, as the recordings show; a result with an error is its failure. */
async function invokeLine({ platform }: DeployedApp, line: string): Promise<Ended> {
  const action = /analytics-ingest\/([\w-]+)/.exec(line)?.[1] ?? ''
  const pairs = line.matchAll(/--param (\S+) (?:'([^']*)'|<[^>]*>|(\S+))/g)
  const params = [...pairs].flatMap(([, name = '', quoted, plain]) => {
    const value = quoted ?? plain
    return value === undefined ? [] : [[name, value === 'orders' ? 'flights' : value] as const]
  })
  const given = { ...Object.fromEntries(params), ...placeholders(line) }
  const result = await invoke(platform, action, given)
  return { code: 'error' in result ? 1 : 0, text: JSON.stringify(result) }
}

function placeholders(line: string): Readonly<Record<string, string>> {
  return {
    ...(line.includes('--param job <job>') ? { job: 'flights' } : {}),
    ...(line.includes('--param org <') ? { org: 'AAAABBBBCCCCDDDD0A495C14@AdobeOrg' } : {}),
  }
}

/** Runs a line in the folder of the project, as a person does who has read the lines of the local platform. */
function shell({ platform }: DeployedApp, line: string): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn('sh', ['-c', line], {
    cwd: root,
    env: {
      ...{ PATH, HOME, ...platform.inputs },
      // No program of a page comes from a registry.
      npm_config_offline: 'true',
      AIO_runtime_namespace: namespace,
      AIO_runtime_auth: apiKey,
      AIO_runtime_apihost: platform.openwhisk.url,
    },
    stdio: 'pipe',
  })
  child.stdin.end()
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code, text: Buffer.concat(chunks).toString() })
    })
  })
}
