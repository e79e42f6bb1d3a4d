import { cpus, totalmem } from 'node:os'
import { peerVersions } from './peers'
import { benches } from './options'
import { rounded } from './measurement'
import type { Measurement } from './measurement'

/** Where and with what: without it no figure means anything. */
export function machine(): string {
  const [cpu] = cpus()
  const peers = Object.entries(peerVersions()).map(([name, version]) => `${name} ${version}`)
  return [
    `Node.js ${process.version}, zlib ${process.versions.zlib}, ${process.platform} ${process.arch}`,
    `${cpu?.model ?? 'unknown CPU'} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GB`,
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
  console.log(machine())
  for (const bench of benches) {
    const sizes = new Set(measurements.filter((one) => one.bench === bench).map(tableOf))
    for (const size of sizes) {
      const table = measurements.filter((one) => one.bench === bench && tableOf(one) === size)
      console.log(`\n${titles[bench]}${size === '' ? '' : ` (${size})`}`)
      console.table(table.map((one) => row(one, table)))
    }
  }
}

/** End-to-end runs of different sizes are not to be compared; the two kinds of scale runs have different figures. */
function tableOf(measurement: Measurement): string {
  if (measurement.bench === 'end-to-end') return `${measurement.rows} rows, ${measurement.runs} runs`
  if (measurement.bench === 'scale') return 'paceRatio' in measurement ? 'virtual time' : 'real time'
  return ''
}

function row(measurement: Measurement, table: readonly Measurement[]): object {
  const { bench } = measurement
  const hidden = bench === 'cold-start' ? ['bench', 'rows', 'rowsPerSecond'] : ['bench', 'runs']
  const figures = Object.fromEntries(Object.entries(measurement).filter(([name]) => !hidden.includes(name)))
  if (bench === 'cold-start') return figures
  const named = (subject: string) => table.find((one) => one.subject === subject)
  const [idiomatic, limit] = [named('csv-stringify'), named('limit')]
  return {
    ...figures,
    ...(idiomatic
      ? { '× csv-stringify': rounded(measurement.rowsPerSecond / idiomatic.rowsPerSecond, 2) }
      : {}),
    ...(limit ? { 'CPU × limit': rounded(measurement.cpuSeconds / limit.cpuSeconds, 2) } : {}),
  }
}
