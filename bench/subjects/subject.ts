import { readFileSync } from 'node:fs'

/** What the benchmark tells a subject, by environment variables. */
export const task = {
  url: process.env.BENCH_URL ?? '',
  tvmUrl: process.env.BENCH_TVM_URL ?? '',
  rows: Number(process.env.BENCH_ROWS ?? 0),
  /** For how long a mapping is to be repeated. */
  seconds: Number(process.env.BENCH_SECONDS ?? 1),
  /** A file that holds what `textRows` rows look like as CSV. */
  text: process.env.BENCH_TEXT ?? '',
  textRows: Number(process.env.BENCH_TEXT_ROWS ?? 0),
  groups: Number(process.env.BENCH_GROUPS ?? 1),
}

/** What a subject measured of itself, and what the operating system counted for its process. */
export interface Run {
  readonly rows: number
  readonly seconds: number
  /** User and system time of the whole process, its start included. */
  readonly cpuSeconds: number
  /** The same without what was spent before the work began. */
  readonly workCpuSeconds: number
  /** The most that was ever resident. */
  readonly peakRssMB: number
  /** What only this subject can tell. */
  readonly figures: Readonly<Record<string, number>>
}

function cpuSeconds(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  return (userCPUTime + systemCPUTime) / 1e6
}

/** `VmHWM` rather than `ru_maxrss`, which a child inherits from the process that started it. */
function peakRssMB(): number {
  const kilobytes = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}

/**
 * Runs a subject and reports in one line of JSON.
 * @param run resolves with the number of rows where that is not what the task says, and with figures of its own
 */
export function measure(run: () => Promise<Partial<Pick<Run, 'rows' | 'figures'>>>): void {
  const cpuBefore = cpuSeconds()
  const before = performance.now()
  run().then(
    ({ rows = task.rows, figures = {} }) => {
      const seconds = (performance.now() - before) / 1000
      const cpu = cpuSeconds()
      const result: Run = {
        rows,
        seconds,
        cpuSeconds: cpu,
        workCpuSeconds: cpu - cpuBefore,
        peakRssMB: peakRssMB(),
        figures,
      }
      // On a line of its own: some libraries write to stdout too.
      process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0))
    },
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}
