import { startEmulator } from '../../../emulators/emulator'
import { commands } from '../../../src/cli/commands'
import { localCommands } from '../../../src/cli/local-commands'
import { readNamespace } from '../../../src/cli/namespace'
import { systemClock } from '../../../src/clock'
import { documentedCommands } from '../../fixtures/documented-commands'
import { runAtTerminal } from '../../fixtures/terminal'
import type { Emulator, Handler } from '../../../emulators/emulator'
import type { ListedJob } from '../../../src/cli/terminal'

const listed: ListedJob = {
  ...{ name: 'orders', sync: { mode: 'incremental' as const }, source: { kind: 'rest' } },
  ...{ destination: { kind: 'bulk-data-insertion' }, faults: [], inputNames: [] },
}
const report = {
  ...{ job: 'orders', run: 'r1', activation: 'a1', outcome: 'succeeded', notes: ['A note.'], held: [] },
  ...{ records: 12_345, rows: 12_345, rejects: 0, rejectsByReason: {}, batches: 1, confirmed: 1, pending: 0 },
}
const done = (result: object, status = 200) => ({
  status,
  body: { activationId: 'a1', response: { result } },
})

let server: Emulator
afterEach(() => server.stop())

async function commandLine(answer: Handler, line: string, env: Record<string, string> = {}) {
  server = await startEmulator(answer)
  const slept: number[] = []
  const ran = await runAtTerminal(line.split(' ').filter(Boolean), {
    env: {
      ...{
        AIO_runtime_namespace: 'ns',
        AIO_runtime_auth: 'uuid:canary-key',
        AIO_runtime_apihost: server.url,
      },
      ...env,
    },
    clock: {
      ...systemClock,
      sleep: (ms) => {
        slept.push(ms)
        return Promise.resolve()
      },
    },
    jobs: [listed, { ...listed, name: 'broken', faults: ['Its cursor is wrong.'] }],
  })
  const asked = server.requests.map(({ method, url, body }) => ({ method, url, body: body.toString() }))
  return { ...ran, asked, slept }
}

const paramsOf = ({ asked }: { asked: readonly { body: string }[] }) =>
  JSON.parse(asked[0]?.body ?? '') as unknown

describe('npm run job', () => {
  it.each([
    ['run orders', { job: 'orders' }],
    [
      'run orders --dry-run --force --tenant ABC@AdobeOrg',
      { job: 'orders', dryRun: true, force: true, tenant: 'ABC@AdobeOrg' },
    ],
    [
      'backfill orders --from 2026-01-01 --to 2026-02-01',
      { job: 'orders', from: '2026-01-01', to: '2026-02-01' },
    ],
    [
      'backfill orders --from 1 --to 2 --force --dry-run',
      { job: 'orders', from: '1', to: '2', force: true, dryRun: true },
    ],
    ['approve orders 5f3a', { job: 'orders', approve: '5f3a' }],
    ['replay orders', { job: 'orders', resolve: 'rejects', as: 'resend' }],
    ['replay orders --again r1', { job: 'orders', resolve: 'rejects', as: 'resend', again: 'r1' }],
    ['resolve orders b1 --as sent', { job: 'orders', resolve: 'b1', as: 'sent' }],
    [
      'resolve orders definition --as continue --from 9',
      { job: 'orders', resolve: 'definition', as: 'continue', from: '9' },
    ],
    ['status orders', { job: 'orders', inspect: true }],
    ['inspect orders', { job: 'orders', inspect: true }],
    ['plan orders', { job: 'orders', inspect: true }],
    ['rejects orders --tenant ABC@AdobeOrg', { job: 'orders', inspect: true, tenant: 'ABC@AdobeOrg' }],
  ])('%s asks run-job for %j', async (line, params) => {
    const ran = await commandLine(() => done(report), line)
    expect(ran.code).toBe(0)
    expect(paramsOf(ran)).toEqual(params)
    expect(ran.asked[0]?.url).toBe('/api/v1/namespaces/ns/actions/analytics-ingest/run-job?blocking=true')
  })

  it('asks job-status for a link to the status page, and prints it', async () => {
    const link = { link: 'https://ns.example/open?link=v1.a', next: 'It opens the page once.' }
    const ran = await commandLine(() => done(link), 'page')
    expect(ran.asked[0]?.url).toContain('/actions/analytics-ingest/job-status?')
    expect(paramsOf(ran)).toEqual({ link: true })
    expect(ran.printed).toBe(`${link.link}\n${link.next}`)
    expect(ran.code).toBe(0)
  })

  it('prints a report as lines for a person, and unchanged with --json', async () => {
    const { printed } = await commandLine(() => done(report), 'run orders')
    expect(printed).toContain('orders: succeeded\nrecords    12,345\n')
    expect(printed).toContain('· A note.')
    await server.stop()
    const asJson = await commandLine(() => done(report), 'run orders --json')
    expect(JSON.parse(asJson.printed)).toEqual(report)
  })

  it.each([
    ['succeeded', 0],
    ['skipped', 0],
    ['partial', 3],
    ['failed', 1],
  ])('ends a run that %s with %d', async (outcome, code) => {
    const error = { code: 'batch-held', message: 'A batch waits.', remedy: 'Decide.' }
    const held = [
      {
        batch: 'b1',
        partition: 'p',
        rows: 3,
        code: 'rejected',
        message: 'Refused.',
        choices: ['resolve=b1 as=drop'],
      },
    ]
    const status = outcome === 'failed' ? 502 : 200
    const ran = await commandLine(() => done({ ...report, outcome, error, held }, status), 'run orders')
    expect(ran.code).toBe(code)
    expect(ran.printed).toContain('✖ A batch waits.\n  → Decide.')
    expect(ran.printed).toContain('✖ Batch b1 (3 rows) waits for a person: Refused.\n  → resolve=b1 as=drop')
  })

  it.each([
    ['the action was killed', 'run orders', { error: 'The action exceeded its memory limits.\u001b[2J' }],
    [
      'the result was too long',
      'status orders',
      { error: 'The action produced a response that is too long.' },
    ],
  ])('fails where the platform ended the activation: %s', async (_, line, result) => {
    for (const answers of [
      [done(result, 502)],
      [{ status: 202, body: { activationId: 'a1' } }, done(result)],
    ]) {
      const ran = await commandLine(() => answers.shift() ?? done(report), `${line} --json`)
      expect(ran.code).toBe(1)
      expect(ran.said).toContain(`✖ The platform ended the activation: ${result.error.slice(0, 38)}`)
      expect(ran.said).toContain('the next run carries on: npm run job -- status orders')
      expect(ran.said).not.toContain('\u001b')
      expect(ran.printed).toBe('')
      await server.stop()
    }
  })

  it.each([
    ['approve orders 5f3a', 1],
    ['replay orders', 1],
    ['run orders --force', 1],
    ['backfill orders --from 1 --to 2', 1],
    ['run orders --tenant ABC@AdobeOrg', 0],
    ['run orders', 0],
  ])('ends "%s" with %d where another run holds the lease, and accepts no command', async (line, code) => {
    const notes = ['The command was not accepted: another run is at work.']
    const skipped = { ...report, outcome: 'skipped', reason: 'lease-held', notes }
    const ran = await commandLine(() => done(skipped), line)
    expect(ran.code).toBe(code)
    expect(ran.printed).toContain('orders: skipped (lease-held)')
  })

  it.each(['status orders', 'plan orders', 'rejects orders', 'page'])(
    'prints the error where "%s" failed, and no empty state',
    async (line) => {
      const error = { code: 'store-unreachable', message: 'Files did not answer.', remedy: 'Try later.' }
      const failed = { job: 'orders', outcome: 'failed', reason: 'store-unreachable', error }
      const ran = await commandLine(() => done(failed, 502), line)
      expect(ran.printed).toBe('✖ Files did not answer.\n  → Try later.')
      expect(ran.code).toBe(1)
    },
  )

  it('prints what became of each tenant', async () => {
    const failed = { 'B@AdobeOrg': { code: 'source-refused', message: 'HTTP 401.', remedy: 'Renew it.' } }
    const result = {
      ...{ job: 'orders', outcome: 'partial', reason: 'tenants-failed', failed },
      ...{ runs: { 'A@AdobeOrg': 'succeeded', 'B@AdobeOrg': 'failed' } },
      ...{ postponed: ['C@AdobeOrg'], needReauth: ['D@AdobeOrg'] },
    }
    const ran = await commandLine(() => done(result), 'run orders --tenant all')
    expect(ran.printed.split('\n')).toEqual([
      'orders: partial (tenants-failed)',
      'A@AdobeOrg  succeeded',
      'B@AdobeOrg  failed',
      '✖ B@AdobeOrg: HTTP 401.',
      '  → Renew it.',
      '· C@AdobeOrg was not reached in time.',
      '· D@AdobeOrg has withdrawn its consent.',
    ])
    expect(ran.code).toBe(3)
    await server.stop()
    const none = { job: 'orders', outcome: 'succeeded', runs: {}, failed: {}, postponed: [], needReauth: [] }
    const { printed } = await commandLine(() => done(none), 'run orders --tenant all')
    expect(printed).toContain('No organisation is linked')
  })

  it.each([[{}], [{ outcome: 'finished' }]])(
    'fails where a run answers %j, which is no report',
    async (result) => {
      expect((await commandLine(() => done(result), 'run orders')).code).toBe(1)
    },
  )

  it('waits for a run that takes longer than a blocking call, and reports its progress beside the result', async () => {
    const answers = [
      { status: 202, body: { activationId: 'a1' } },
      { status: 404, body: { error: 'The requested resource does not exist.' } },
      done(report),
    ]
    const ran = await commandLine(() => answers.shift() ?? done(report), 'run orders --json')
    expect(ran.code).toBe(0)
    expect(ran.asked.slice(1).map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array(2).fill('GET /api/v1/namespaces/ns/activations/a1'),
    )
    expect(ran.slept).toEqual([2_000, 2_000])
    expect(ran.progress).toContain('orders is running, 0 s …')
    // The line is cleared before the result is printed.
    expect(ran.progress.at(-1)).toBeNull()
    expect(JSON.parse(ran.printed)).toEqual(report)
  })

  it.each([
    ['rn orders', 'There is no command "rn".'],
    ['constructor orders', 'There is no command "constructor".'],
    ['run', '"run" needs the job.'],
    ['approve orders', '"approve" needs the plan.'],
    ['run orders twice', '"twice" is one word too many.'],
    ['run orders --forse', "Unknown option '--forse'"],
    ['backfill orders --from', "Option '--from <value>' argument missing"],
    ['backfill orders', '"backfill" needs --from.'],
    ['backfill orders --force', '"backfill" needs --from.'],
    ['backfill orders --from 1', '"backfill" needs --to.'],
    ['resolve orders b1', '"resolve" needs --as.'],
  ])('refuses "%s" as wrong usage, and sends no request', async (line, message) => {
    const ran = await commandLine(() => done(report), line)
    expect(ran.code).toBe(2)
    expect(ran.said).toContain(message)
    expect(ran.asked).toEqual([])
  })

  it.each([
    [401, 'The namespace’s key was refused'.replace('’', "'"), 'aio app use'],
    [404, 'HTTP 404', 'aio app deploy --force-deploy'],
    [301, 'HTTP 301', 'Try again'],
    [500, 'run-job may have been started: HTTP 500', 'npm run job -- status orders'],
    [504, 'run-job may have been started: HTTP 504', 'npm run job -- status orders'],
    [200, 'run-job may have been started: HTTP 200', 'npm run job -- status orders'],
  ])('prints the remedy for HTTP %d, without the key', async (status, message, remedy) => {
    const ran = await commandLine(() => ({ status, body: { error: 'no' } }), 'run orders')
    expect(ran.code).toBe(1)
    expect(ran.said).toContain(message)
    expect(ran.said).toContain(remedy)
    expect(ran.said).not.toContain('canary-key')
  })

  it('explains how to name a namespace where none is known, and sends no request', async () => {
    const ran = await commandLine(() => done(report), 'run orders', { AIO_runtime_auth: '' })
    expect(ran.code).toBe(1)
    expect(ran.said).toContain('npm run local')
    expect(ran.asked).toEqual([])
  })

  it.each([
    ['adobeioruntime.net', 'https://adobeioruntime.net'],
    ['https://adobeioruntime.net/', 'https://adobeioruntime.net'],
    ['http://127.0.0.1:3233', 'http://127.0.0.1:3233'],
    ['', 'https://adobeioruntime.net'],
  ])('reads the host "%s", which may have no scheme, as %s', (host, apiHost) => {
    const env = { AIO_runtime_namespace: 'ns', AIO_runtime_auth: 'uuid:key', AIO_runtime_apihost: host }
    expect(readNamespace(env).apiHost).toBe(apiHost)
  })

  it('prints no control character of an answer', async () => {
    const notes = ['\u001b[2Jcleared']
    const { printed } = await commandLine(() => done({ ...report, notes }), 'run orders')
    expect(printed).not.toContain('\u001b')
  })

  it('prints the state of a job', async () => {
    const inspection = {
      ...{ job: 'orders', mode: 'incremental', cursor: '2026-11-20', lease: null, plan: null },
      outbox: [{ batch: 'b1', rows: 3, state: 'accepted' }],
      rejects: [{ file: 'rejects.jsonl', run: 'r1', open: 7, at: '', expires: '2026-12-20' }],
      reports: [{ ...report, rejectsByReason: { 'map-failed': 7 }, endedAt: '2026-11-21' }],
    }
    const { printed } = await commandLine(() => done(inspection), 'status orders')
    expect(printed).toMatch(/stands at +2026-11-20\n/)
    expect(printed).toMatch(/open rejects +7\n/)
    expect(printed).toMatch(/batches under way +1\n/)
    expect(printed).toMatch(/2026-11-21 +succeeded +12345 +12345 +0 +1/)
    await server.stop()
    const rejects = await commandLine(() => done(inspection), 'rejects orders')
    expect(rejects.printed).toMatch(/ +7 +2026-12-20 +jobs\/orders\/…\/rejects.jsonl/)
    expect(rejects.printed).toMatch(/map-failed +7/)
  })

  it('lists the jobs of the app, and explains itself', async () => {
    const { printed } = await commandLine(() => done(report), 'list')
    expect(printed).toMatch(/orders +incremental +rest +bulk-data-insertion\n/)
    expect(printed).toMatch(/broken .*✖ Its cursor is wrong./)
    await server.stop()
    expect((await commandLine(() => done(report), '')).printed).toContain('Exit codes')
    await server.stop()
    expect((await commandLine(() => done(report), 'backfill --help')).printed).toContain(
      'npm run job -- backfill <job> [--tenant <tenant>] --from <from> --to <to> [--force]',
    )
  })

  it.each([
    ['doctor', 'src/app-builder/doctor/main.ts'],
    ['doctor --job orders', 'src/app-builder/doctor/main.ts --job orders'],
    ['try orders', 'emulators/local/try-job.ts orders'],
    ['doctor --job orders --json', 'src/app-builder/doctor/main.ts --job orders --json'],
    ['try orders --practice --json', 'emulators/local/try-job.ts orders --practice --json'],
  ])('%s runs a script of the project, and calls no namespace', async (line, script) => {
    const ran = await commandLine(() => done(report), line)
    expect(ran.scripts).toEqual([script])
    expect(ran.code).toBe(0)
    expect(ran.asked).toEqual([])
  })

  it.each([...Object.entries(localCommands), ...Object.entries(commands)])(
    '%s --help shows examples, each of which the command accepts',
    async (name, { examples }) => {
      const { printed, code } = await commandLine(() => done(report), `${name} --help`)
      expect(code).toBe(0)
      expect(examples.length).toBeGreaterThan(0)
      for (const example of examples) {
        expect(printed).toContain(`npm run job -- ${example}`)
        const words = wordsOf(example)
        expect(words[0]).toBe(name)
        // Help is printed only once the options of the example are known to the command.
        expect((await runAtTerminal([...words, '--help'])).code).toBe(0)
      }
    },
  )
})

it('accepts every npm run job command of the documentation, with its arguments and options', async () => {
  const lines = documentedCommands().flatMap(({ page, npm = '' }) =>
    /^job -- \w/.test(npm) ? [{ page, npm }] : [],
  )
  const refused: object[] = []
  for (const { page, npm } of lines) {
    // With --help, arguments and options are read, and nothing is called.
    const { code, said } = await runAtTerminal([...wordsOf(npm).slice(2), '--help'])
    if (code !== 0) refused.push({ page, npm, said })
  }

  expect(refused).toEqual([])
  expect(lines.map(({ npm }) => npm)).toEqual(
    expect.arrayContaining(['job -- run flights --dry-run', 'job -- status flights']),
  )
})

/** The words of a line, as a shell parts them. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word)
}
