import type { Bench } from './options'
import type { Run } from './subjects/subject'

/** One measurement, as `--json` prints it. Each bench adds figures of its own. */
export interface Measurement {
  readonly bench: Bench
  readonly subject: string
  readonly rows: number
  /** By the wall clock, which other work on the machine slows down. */
  readonly rowsPerSecond: number
  /** Of the whole process, without what was spent before the work began. */
  readonly cpuMicrosecondsPerRow: number
  readonly cpuSeconds: number
  readonly peakRssMB: number
  readonly runs: number
  readonly [figure: string]: number | string
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

/** The medians of a subject's runs. */
export function summary(bench: Bench, subject: string, runs: readonly Run[]): Measurement {
  const of = (figure: (run: Run) => number) => median(runs.map(figure))
  return {
    bench,
    subject,
    rows: Math.round(of(({ rows }) => rows)),
    rowsPerSecond: Math.round(of(({ rows, seconds }) => rows / seconds)),
    cpuMicrosecondsPerRow: rounded(
      of((run) => (run.workCpuSeconds * 1e6) / run.rows),
      2,
    ),
    cpuSeconds: rounded(
      of(({ cpuSeconds }) => cpuSeconds),
      3,
    ),
    peakRssMB: rounded(
      of(({ peakRssMB }) => peakRssMB),
      1,
    ),
    runs: runs.length,
  }
}
