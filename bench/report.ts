import { cpus, totalmem } from 'node:os'
import { calibrationNs } from './calibration'
import { peerVersions } from './peers'
import { benches } from './options'
import { rounded } from './measurement'
import type { Measurement } from './measurement'

/** Where, how fast and with what: without it no figure means anything. The first line has the speed. */
export function machine(): string {
  const [cpu] = cpus()
  const peers = Object.entries(peerVersions()).map(([name, version]) => `${name} ${version}`)
  return [
    `${calibrationNs()} ns of CPU to parse and compress an order, Node.js ${process.version}, ${cpus().length} cores`,
    `${cpu?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}, zlib ${process.versions.zlib}`,
    peers.join(', '),
  ].join('\n')
}

const titles = {
  'end-to-end': 'End to end: pages of nested JSON → 16 columns → gzip 6 → multipart POST',
  mapping: 'Mapping: one order → the values of 16 columns',
  'cold-start': 'Cold start: the built action in a fresh process',
  'scale-out': 'Scale out: jobs side by side on the local platform, at four times the documented pace',
  decoding: 'Decoding: bodies of one size in each format → records',
  scale: 'Scale: cost as the rows grow, and delivery against the documented pace',
}

/** Tables for people. */
export function printTables(measurements: readonly Measurement[]): void {
  for (const bench of benches) {
    const sizes = new Set(measurements.filter((one) => one.bench === bench).map(tableOf))
    for (const size of sizes) {
      const table = measurements.filter((one) => one.bench === bench && tableOf(one) === size)
      console.log(`\n${titles[bench]} (${size})`)
      console.table(table.map((one) => row(one, table)))
    }
  }
}

/** End-to-end runs of different sizes are not to be compared; the two kinds of scale runs have different figures. */
function tableOf({ bench, rows, runs, ...figures }: Measurement): string {
  const medians = runs === 1 ? 'one run' : `medians of ${runs} runs`
  if (bench === 'end-to-end') return `${rows} rows, ${medians}`
  if (bench === 'scale') return `${'paceRatio' in figures ? 'virtual time' : 'real time'}, ${medians}`
  return medians
}

function row(measurement: Measurement, table: readonly Measurement[]): object {
  const { bench } = measurement
  const hidden =
    bench === 'cold-start' ? ['bench', 'rows', 'rowsPerSecond', 'cpuMicrosecondsPerRow'] : ['bench', 'runs']
  const figures = Object.fromEntries(Object.entries(measurement).filter(([name]) => !hidden.includes(name)))
  if (bench === 'cold-start') return figures
  const named = (subject: string) => table.find((one) => one.subject === subject)
  const [idiomatic, limit] = [named('csv-stringify'), named('limit')]
  return {
    ...figures,
    ...(idiomatic
      ? { '× csv-stringify': rounded(measurement.rowsPerSecond / idiomatic.rowsPerSecond, 2) }
      : {}),
    ...(limit
      ? { 'CPU × limit': rounded(measurement.cpuMicrosecondsPerRow / limit.cpuMicrosecondsPerRow, 2) }
      : {}),
  }
}
