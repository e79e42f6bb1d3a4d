import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'

/** One row of an accepted file, by lower-case column name. */
export type CollectedRow = Readonly<Record<string, string>>

/** The result of reading an uploaded file. */
export interface ReadFile {
  /** Valid rows. */
  readonly rows: readonly CollectedRow[]
  readonly rowCount: number
  readonly invalidRows: number
  readonly log: string
  /** Set if the whole file is rejected. */
  readonly error: string | null
}

/** Problem rows that are listed per kind; the others are counted. */
const listedPerKind = 10

/**
 * Reads a gzip CSV file and validates it by Adobe's rules.
 * @see https://developer.adobe.com/analytics-collection-apis/methods/bulk-data-insertion/ (file format, troubleshooting)
 */
export function readFile(bytes: Buffer, rawLimit: number): ReadFile | 'too-large' {
  let text: Buffer
  try {
    text = gunzipSync(bytes, { maxOutputLength: rawLimit + 1 })
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') return 'too-large'
    return refused('An error occurred: Not in GZIP format', 'No hits were found in the file.')
  }
  if (text.length > rawLimit) return 'too-large'

  let records: string[][]
  try {
    records = parse(text, {
      relaxColumnCount: true,
      skipEmptyLines: true,
      bom: false,
    })
  } catch (error) {
    return refused(`An error occurred: ${(error as Error).message}`, 'No valid rows were found in the file.')
  }
  const [header = [], ...rows] = records
  const names = header.map((name) => name.toLowerCase())
  const error = headerError(names, rows.length)
  return error ?? readRows(names, rows)
}

function refused(log: string, error: string, rowCount = 0): ReadFile {
  return { rows: [], rowCount, invalidRows: rowCount, log, error }
}

const isCustomerId = (name: string) => /^customerid\..+\.id$/.test(name)
const isVisitorColumn = (name: string) =>
  ['visitorid', 'marketingcloudvisitorid', 'ipaddress'].includes(name) || isCustomerId(name)
const seedOf = (customerId: string) => customerId.replace(/id$/, 'ismcseed')
const isSeed = (text: string) => /^(?:1|true)$/i.test(text)

/** The id of a row's visitor, in Adobe's order of precedence: a customer id counts only where the row calls it a seed. */
export function visitorOf(row: CollectedRow): string {
  const seeds = Object.keys(row).filter((name) => isCustomerId(name) && isSeed(row[seedOf(name)] ?? ''))
  const candidates = [...seeds, 'visitorid', 'marketingcloudvisitorid', 'ipaddress']
  return candidates.map((name) => row[name] ?? '').find((id) => id !== '') ?? ''
}

function headerError(names: readonly string[], rows: number): ReadFile | null {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  const done = `Processing complete: 0 rows will be submitted. ${rows} rows were invalid.`
  if (twice !== undefined)
    return refused(
      `Duplicate column '${twice}' found in the file header. ${done}`,
      'No valid rows were found in the file.',
      rows,
    )
  if (!names.some(isVisitorColumn)) {
    const log =
      'No visitor ID found in the file header.  There must be one of VisitorID, MarketingCloudVisitorID, IPAddress, or CustomerID defined.'
    return refused(`${log} ${done}`, 'No valid rows were found in the file.', rows)
  }
  if (!names.includes('timestamp')) {
    return refused(
      `No timestamp field found in the file header. ${done}`,
      'No valid rows were found in the file.',
      rows,
    )
  }
  return null
}

function readRows(names: readonly string[], records: readonly (readonly string[])[]): ReadFile {
  const problems = new Map<string, string[]>()
  const rows: CollectedRow[] = []
  records.forEach((values, index) => {
    const problem = rowProblem(names, values)
    if (problem === null) rows.push(rowOf(names, values))
    else {
      const [kind] = problem.split('.')
      const listed = problems.get(kind ?? '') ?? []
      listed.push(`On row: ${index + 1}, ${problem}`)
      problems.set(kind ?? '', listed)
    }
  })
  const invalidRows = records.length - rows.length
  const lines = [...problems.values()].flatMap((listed) => [
    ...listed.slice(0, listedPerKind),
    ...(listed.length > listedPerKind
      ? [`${listed.length - listedPerKind} more rows had the same problem.`]
      : []),
  ])
  const summary = `Processing complete: ${rows.length} rows will be submitted. ${invalidRows} rows were invalid.`
  const error = rows.length === 0 ? 'No valid rows were found in the file.' : null
  return { rows, rowCount: records.length, invalidRows, log: [...lines, summary].join(' '), error }
}

function rowOf(names: readonly string[], values: readonly string[]): CollectedRow {
  return Object.fromEntries(names.map((name, column) => [name, values[column] ?? '']))
}

const isoTime = /^\d{4}-?\d{2}-?\d{2}T\d{2}:?\d{2}(:?\d{2})?(Z|[+-]\d{2}:?\d{2})?$/

function rowProblem(names: readonly string[], values: readonly string[]): string | null {
  if (values.length !== names.length) {
    return `inconsistent column count. Expected ${names.length} columns, but found ${values.length}. This row will not be submitted.`
  }
  const value = (name: string) => values[names.indexOf(name)] ?? ''
  const missing = (field: string) => `missing '${field}'. This row will not be submitted.`
  if (value('useragent') === '') return missing('UserAgent')
  if (value('reportsuiteid') === '') return missing('ReportSuiteId')
  if (value('timestamp') === '') return missing('Timestamp')
  if (!/^\d{1,10}$/.test(value('timestamp')) && !isoTime.test(value('timestamp'))) {
    return `invalid 'Timestamp'. This row will not be submitted.`
  }
  if (visitorOf(rowOf(names, values)) === '') return missing('VisitorId')
  const isLink = value('linktype') !== '' && (value('linkname') !== '' || value('linkurl') !== '')
  const inQuery = /(^|&)(g|pageURL|pageName|pe|linkType)=/.test(value('querystring'))
  if (value('pageurl') === '' && value('pagename') === '' && !isLink && !inQuery) return missing('PageURL')
  return null
}
