import { countOf, disorderedRows, overtaken } from '../verdict'
import { tableOf } from '../service'
import { documentOf } from '../world'
import type { RunReport } from '../../../src/state/run-report'
import type { World } from '../world'
import type { Expectation } from './expectation'

/** How a settled world differs from what was expected: in its destination, its reports, or between the two. */
export function differences(world: World, expectation: Expectation): string[] {
  const { reports } = documentOf(world)
  return [
    ...(world.shape.kind === 'upsert' ? inTable(world, expectation) : inRows(world, expectation)),
    ...reports.flatMap(inReport),
    ...inSums(reports, expectation),
  ]
}

function inRows({ service, aside }: World, expectation: Expectation): string[] {
  const stored = countOf(service.stored.flatMap(({ lines }) => lines))
  const counts = [...new Set([...stored.keys(), ...expectation.lines.keys()])].flatMap((line) => {
    const count = stored.get(line) ?? 0
    const bounds = expectation.lines.get(line)
    if (!bounds) return [`unknown: ${line} (${count} times)`]
    if (count < bounds.least) return [`lost: ${line} (${count} times, expected ${bounds.least})`]
    return count > bounds.most ? [`doubled: ${line} (${count} times, expected ${bounds.most})`] : []
  })
  const isInOrder = (line: string) => !aside.has(line) && !expectation.aside.has(line)
  return [...counts, ...disorderedRows(service.stored, isInOrder).map((line) => `out of order: ${line}`)]
}

function inTable({ service }: World, { table, lines }: Expectation): string[] {
  const stored = tableOf(service)
  return [
    ...service.applied.filter((line) => !lines.has(line)).map((line) => `unknown: ${line}`),
    ...[...table].flatMap(([id, line]) =>
      stored.get(id) === line ? [] : [`wrong value: ${String(stored.get(id))}, expected ${line}`],
    ),
    ...overtaken(service.applied).map((line) => `older than what it replaced: ${line}`),
  ]
}

/** Books that do not add up, and successes that are none. */
function inReport(report: RunReport): string[] {
  const { records, taken, rejects, duplicates, filtered, repeated, behind, outOfRange } = report
  const sum = taken + rejects + duplicates + filtered + repeated + behind + outOfRange
  const what = `${report.run} (${report.outcome})`
  const isSuccess = report.outcome === 'succeeded'
  return [
    ...(sum === records ? [] : [`the books of ${what} do not add up: ${JSON.stringify(report)}`]),
    ...(isSuccess && (report.pending > 0 || report.held.length > 0)
      ? [`${what} succeeded although batches are pending`]
      : []),
    ...(isSuccess && rejects > 0 && taken + filtered + duplicates === 0
      ? [`${what} succeeded although every new record was rejected`]
      : []),
    ...(report.error?.remedy === '' ? [`${what} failed without a remedy`] : []),
  ]
}

function inSums(reports: readonly RunReport[], { counts, isExact }: Expectation): string[] {
  if (!isExact) return []
  const sum = (field: 'taken' | 'healed') => reports.reduce((total, report) => total + report[field], 0)
  const codes = new Set([
    ...counts.rejects.keys(),
    ...reports.flatMap((report) => Object.keys(report.rejectsByReason)),
  ])
  return [
    ...(['taken', 'healed'] as const).flatMap((field) =>
      sum(field) === counts[field] ? [] : [`${field}: ${sum(field)}, expected ${counts[field]}`],
    ),
    ...[...codes].flatMap((code) => {
      const counted = reports.reduce((total, report) => total + (report.rejectsByReason[code] ?? 0), 0)
      const expected = counts.rejects.get(code) ?? 0
      return counted === expected ? [] : [`rejects for ${code}: ${counted}, expected ${expected}`]
    }),
  ]
}
