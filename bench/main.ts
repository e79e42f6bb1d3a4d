import { fork, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { buildSync } from 'esbuild'
import type { ChildProcess } from 'node:child_process'

/** One measurement, as `--json` prints it. */
interface Measurement {
  readonly bench: 'end-to-end'
  readonly subject: string
  readonly rows: number
  readonly rowsPerSecond: number
  readonly cpuSeconds: number
  readonly peakRssMB: number
  readonly runs: number
}

interface Server {
  readonly child: ChildProcess
  readonly url: string
  readonly tvmUrl: string
}

const subjects = ['analytics-ingest', 'csv-stringify', 'hand-written', 'limit'] as const
const option = (name: string, fallback: number) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : Number(process.argv[at + 1])
}
const json = process.argv.includes('--json')
const rows = option('rows', 200_000)
const runs = option('runs', 5)

/** Plain JavaScript, so that no transpiler counts against a subject. */
function bundle(folder: string): void {
  buildSync({
    entryPoints: subjects.map((subject) => join(__dirname, 'subjects', `${subject}.ts`)),
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  })
}

function startServer(): Promise<Server> {
  const child = fork(join(__dirname, 'server.ts'), [], {
    execArgv: ['--require', require.resolve('tsx/cjs')],
  })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve({ child, ...(message as { url: string; tvmUrl: string }) }))
    child.once('exit', () => reject(new Error('The benchmark server did not start.')))
  })
}

interface Run {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakRssMB: number
}

function runSubject(folder: string, subject: string, { url, tvmUrl }: Server): Promise<Run> {
  const env = { ...process.env, BENCH_URL: url, BENCH_TVM_URL: tvmUrl, BENCH_ROWS: String(rows) }
  const child = spawn(process.execPath, [join(folder, `${subject}.js`)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.once('exit', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Run)
      else reject(new Error(`${subject} ended with ${code}: ${output}`))
    })
  })
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

/** Every row that the server got, decoded by a foreign reader: what is compared is not what our encoder thinks. */
async function decoded({ url }: Server): Promise<string[]> {
  const { count } = (await (await fetch(`${url}/uploads/count`)).json()) as { count: number }
  const all: string[] = []
  for (let index = 0; index < count; index += 1) {
    const text = Buffer.from(await (await fetch(`${url}/texts/${index}`)).arrayBuffer())
    for (const row of parse<Record<string, string>>(text, { columns: true })) all.push(JSON.stringify(row))
  }
  return all.sort()
}

async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  bundle(folder)
  const server = await startServer()
  const results = new Map<string, Run[]>(subjects.map((subject) => [subject, []]))
  let expected: string[] | null = null
  try {
    // Round after round, so that a machine that slows down slows down for all.
    for (let round = 0; round <= runs; round += 1) {
      for (const subject of subjects) {
        if (subject !== 'limit') await fetch(`${server.url}/reset`)
        const run = await runSubject(folder, subject, server)
        if (round > 0) results.get(subject)?.push(run)
        else if (subject !== 'limit') {
          const got = await decoded(server)
          expected ??= got
          if (JSON.stringify(got) !== JSON.stringify(expected))
            throw new Error(`${subject} wrote other rows.`)
        }
      }
    }
  } finally {
    server.child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  report([...results].map(([subject, measured]) => summary(subject, measured)))
}

function summary(subject: string, measured: readonly Run[]): Measurement {
  const round = (value: number, digits: number) => Number(value.toFixed(digits))
  return {
    bench: 'end-to-end',
    subject,
    rows,
    rowsPerSecond: Math.round(rows / median(measured.map(({ seconds }) => seconds))),
    cpuSeconds: round(median(measured.map(({ cpuSeconds }) => cpuSeconds)), 2),
    peakRssMB: Math.round(median(measured.map(({ peakRssMB }) => peakRssMB))),
    runs,
  }
}

function report(measurements: readonly Measurement[]): void {
  if (json) {
    for (const measurement of measurements) console.log(JSON.stringify(measurement))
    return
  }
  console.log(
    `${rows} nested orders, 16 columns, gzip 6, median of ${runs} runs, Node ${process.version}, ${cpus()[0]?.model ?? ''} × ${cpus().length}`,
  )
  console.table(
    measurements.map(({ subject, rowsPerSecond, cpuSeconds, peakRssMB }) => ({
      subject,
      rowsPerSecond,
      cpuSeconds,
      peakRssMB,
    })),
  )
}

bench().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
