import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyProject } from '../fixtures/project-copy'
import type { ChildProcess } from 'node:child_process'
import type { ProjectCopy } from '../fixtures/project-copy'

/** Below the ports that the system hands out, and not the usual ones, which a developer's own platform may have. */
const firstPort = 23_301

let copy: ProjectCopy
let running: ChildProcess | null = null
beforeAll(async () => {
  copy = await copyProject()
})
afterAll(async () => {
  if (running) await end(running)
  await copy.remove()
})

/** `npm run local` with these options; resolves with what it said, once its alarms fire. */
async function start(...options: readonly string[]): Promise<{ process: ChildProcess; said: string }> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn('node', ['--require', 'esbuild-register', 'emulators/local/local.ts', ...options], {
    ...{ cwd: copy.folder, env: { PATH, HOME }, stdio: 'pipe' as const },
  })
  running = child
  let [said, isUp] = ['', false]
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      said += chunk.toString()
      isUp ||= said.includes('Each run gets a line below')
      if (isUp) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('close', () => {
      reject(new RangeError(said))
    })
  })
  return { process: child, said }
}

/** Ctrl-C. */
async function end(child: ChildProcess): Promise<number | null> {
  running = null
  if (child.exitCode !== null) return child.exitCode
  const closed = once(child, 'close')
  child.kill('SIGINT')
  const [code] = (await closed) as [number | null]
  return code
}

/** A command line in another terminal, which has read the lines of the platform. */
const inTerminal = (line: string) => copy.sh(`bash -e -c 'source dist/local.env; ${line}'`)

async function firstJob(): Promise<string> {
  const { stdout } = await copy.sh('npm run --silent job -- list --json')
  const [job] = JSON.parse(stdout) as { job: string }[]
  if (!job) throw new RangeError('The project has no job.')
  return job.job
}

interface Report {
  readonly run: string
  readonly outcome: string
  readonly rows: number
}

async function reportsOf(job: string): Promise<readonly Report[]> {
  const { stdout } = await inTerminal(`npm run --silent job -- inspect ${job} --json`)
  return (JSON.parse(stdout) as { reports?: readonly Report[] }).reports ?? []
}

/** An alarm may fire meanwhile and have the job: then the next run tells. */
async function runUntilSucceeded(job: string): Promise<readonly Report[]> {
  for (;;) {
    expect(await inTerminal(`npm run job -- run ${job}`)).toMatchObject({ code: 0 })
    const reports = await reportsOf(job)
    if (reports.some(({ outcome }) => outcome === 'succeeded')) return reports
  }
}

it('npm run local -- --keep continues where the one before ended, on the same ports, and for one process', async () => {
  const job = await firstJob()
  const first = await start('--keep', '--port', String(firstPort))
  const before = await runUntilSucceeded(job)
  const known = before.map(({ run }) => run)
  expect(before.some(({ rows }) => rows > 0)).toBe(true)

  const second = await copy.sh('npm run --silent local -- --keep')
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by process') as string })
  expect(await end(first.process)).toBe(0)
  const moved = await copy.sh(`npm run --silent local -- --keep --port ${firstPort + 10}`)
  expect(moved).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`is of a platform on port ${firstPort}`) as string,
  })

  const again = await start('--keep')
  expect(again.said).toContain('Continue with the data of')
  const after = await runUntilSucceeded(job)
  expect(after.map(({ run }) => run)).toEqual(expect.arrayContaining(known))
  // Everything was read and sent before: nothing is sent twice.
  expect(after.filter(({ run, rows }) => !known.includes(run) && rows > 0)).toEqual([])
  await end(again.process)

  await copy.sh('rm -r .local')
  expect((await start('--port', String(firstPort))).said).toContain('nothing is kept')
  expect((await reportsOf(job)).filter(({ run }) => known.includes(run))).toEqual([])
}, 3_600_000)
