import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import type { Heap } from './options'
import type { BenchServer } from './server/start-server'
import type { Run } from './subjects/subject'

/**
 * Options of Node by the heap that it sizes: for this machine, or for a memory group of 256 MB, which is what an action
 * has. There, Node 20 allows the old generation 256 MB and each half of the young one 1 MB.
 */
const heaps: Readonly<Record<Heap, readonly string[]>> = {
  machine: [],
  action: ['--max-old-space-size=256', '--max-semi-space-size=1'],
}

/** Inside this folder, so that what is not bundled is found among the peers. */
const folder = join(__dirname, 'dist')

/** Plain JavaScript, so that no transpiler counts against a subject. What is native or loads files stays a package. */
export function bundleSubjects(entries: readonly string[]): void {
  buildSync({
    entryPoints: entries.map((entry) => join(__dirname, `${entry}.ts`)),
    outbase: __dirname,
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
    external: ['@duckdb/node-api', 'faros-airbyte-cdk', '@segment/actions-core', '*.node'],
  })
}

export type Task = Readonly<Record<`BENCH_${string}`, string>>

/** A subject that needs a larger heap than it has. */
export class OutOfMemory extends Error {}

/**
 * Runs a bundled subject in a fresh process.
 * @throws OutOfMemory
 */
export function runSubject(entry: string, task: Task, heap: Heap = 'machine'): Promise<Run> {
  const child = spawn(process.execPath, [...heaps[heap], join(folder, `${entry}.js`)], {
    env: { ...process.env, ...task },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.once('close', (code, signal) => {
      const lastLine = output.trim().split('\n').at(-1) ?? ''
      if (signal === 'SIGABRT') reject(new OutOfMemory(`${entry} ran out of memory.`))
      else if (code === 0) resolve(JSON.parse(lastLine) as Run)
      else reject(new Error(`${entry} ended with ${code}: ${output}`))
    })
  })
}

/** What a subject that reads and writes has to know. */
export function taskFor({ url, tvmUrl }: BenchServer, rows: number): Task {
  return { BENCH_URL: url, BENCH_TVM_URL: tvmUrl, BENCH_ROWS: String(rows) }
}

/** Round after round, not subject after subject: a machine that slows down slows down for all of them. */
export async function interleaved(
  subjects: readonly string[],
  rounds: number,
  run: (subject: string, round: number) => Promise<Run>,
): Promise<Map<string, Run[]>> {
  const results = new Map<string, Run[]>(subjects.map((subject) => [subject, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) {
      const result = await run(subject, round)
      results.get(subject)?.push(result)
      const speed = Math.round(result.rows / result.seconds)
      console.error(`  ${round + 1}/${rounds} ${subject}: ${speed} rows/s`)
    }
  }
  return results
}
