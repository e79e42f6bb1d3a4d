import { valueAt } from '../../field-path'
import { withoutPersonalData } from '../../personal-data'
import { propertyName, quoted } from './schema-text'
import { isRecord } from './shape'
import type { JobPlan } from './job-plan'

const most = 3

/**
 * The test of the job, before prettier: the first records of the page, and the rows that they become. The rows are made
 * here, not by the job, so that a changed mapping is noticed.
 */
export function testText({ names, survey, mapping }: JobPlan): string {
  const { constant, job } = names
  const records = survey.records.slice(0, most).map((record) => withoutPersons(record))
  const rows = records.map((record) => {
    const cells = mapping.cells.map(({ column, valueOf }) => [
      column,
      valueOf((path) => valueAt(record, path)),
    ])
    return Object.fromEntries(cells.filter(([, value]) => value !== undefined)) as object
  })
  return [
    `import { ${constant} } from '../../../src/jobs/${job}'`,
    `import { jobRows } from '../../fixtures/job-rows'`,
    '',
    '/** As the source sent them; e-mail addresses and phone numbers were replaced. */',
    `const records = ${literal(records)}`,
    '',
    `it('the job ${job} can be opened', () => {`,
    `expect(${constant}.faults).toEqual([])`,
    '})',
    '',
    `it('the job ${job} maps the records of its source to rows that its destination takes', () => {`,
    `expect(jobRows(${constant}, records)).toEqual(${literal(rows)})`,
    '})',
    '',
  ].join('\n')
}

function withoutPersons(value: unknown): unknown {
  if (typeof value === 'string') return withoutPersonalData(value)
  if (Array.isArray(value)) return value.map(withoutPersons)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutPersons(member)]))
}

/** JSON values and dates as source text. */
function literal(value: unknown): string {
  if (value instanceof Date) return `new Date(${quoted(value.toISOString())})`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (isRecord(value)) {
    const members = Object.entries(value).map(([name, member]) => `${propertyName(name)}: ${literal(member)}`)
    return `{ ${members.join(', ')} }`
  }
  return typeof value === 'string' ? quoted(value) : String(value)
}
