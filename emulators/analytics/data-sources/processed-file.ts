/** One row that was processed, by lower-case header. */
export type ProcessedRow = Readonly<Record<string, string>>

/** The result of processing a file. */
export interface ProcessedFile {
  readonly status: 'success' | 'failure'
  /** In the order of the file. */
  readonly rows: readonly ProcessedRow[]
  /** Why rows were skipped, or the file was refused: Adobe writes this to the account's address and to the file log. */
  readonly problems: readonly string[]
}

const rowBytes = 4096
const uniqueDays = 90
const header =
  /^(date|category|evar (?:[1-9]\d?|1\d\d|2[0-4]\d|250)|marketing channel(?: detail)?|product|tracking code|transactionid|zip)$/
const metric =
  /^(cart (?:adds|removes|views|opens)|checkouts|event (?:[1-9]\d{0,2}|1000)|orders|price|quantity)$/
const date = /^(\d{2})\/(\d{2})\/(\d{4})(?:\/(\d{2})\/(\d{2})\/(\d{2}))?$/

/**
 * Reads an uploaded file by Adobe's rules, when its job is processed: a faulty header or too many days fail the file, a
 * faulty row is skipped.
 * @see https://experienceleague.adobe.com/en/docs/analytics/import/data-sources/file-format
 * @param tomorrow first instant that is in the future in every zone, ms since the epoch
 */
export function processFile(bytes: Buffer, tomorrow: number): ProcessedFile {
  const lines = bytes
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'))
  const [first = '', ...rows] = lines
  const names = first.split('\t').map((name) => name.toLowerCase())
  const problem = headerProblem(names) ?? daysProblem(rows)
  if (problem !== null) return { status: 'failure', rows: [], problems: [problem] }

  const processed: ProcessedRow[] = []
  const problems: string[] = []
  rows.forEach((line, index) => {
    const fields = line.split('\t')
    const fault = rowProblem(names, line, fields, tomorrow)
    if (fault === null) processed.push(Object.fromEntries(names.map((name, at) => [name, fields[at] ?? ''])))
    else problems.push(`Row ${index + 1}: ${fault}`)
  })
  return { status: processed.length > 0 ? 'success' : 'failure', rows: processed, problems }
}

function headerProblem(names: readonly string[]): string | null {
  const unknown = names.find((name) => !header.test(name) && !metric.test(name))
  if (unknown !== undefined) return `Unknown header "${unknown}"`
  if (names[0] !== 'date') return 'The first column is not the date'
  if (!names.some((name) => metric.test(name))) return 'No metric'
  return names.length > new Set(names).size ? 'A header stands twice' : null
}

function daysProblem(rows: readonly string[]): string | null {
  const days = new Set(rows.map((line) => line.slice(0, 'MM/DD/YYYY'.length)))
  return days.size > uniqueDays ? `${days.size} unique days` : null
}

function rowProblem(
  names: readonly string[],
  line: string,
  fields: readonly string[],
  tomorrow: number,
): string | null {
  if (Buffer.byteLength(line) > rowBytes) return 'more than 4096 bytes'
  if (fields.length !== names.length) return 'another number of tabs than the header'
  if (line.includes(';')) return 'a semicolon'
  const match = date.exec(fields[0] ?? '')
  if (!match) return 'no date'
  const [, month, day, year, hour = '12', minute = '00', second = '00'] = match
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(at)) return 'no date'
  if (at >= tomorrow) return 'a date in the future'
  const isMetricAt = (index: number) => metric.test(names[index] ?? '')
  if (!fields.some((field, index) => index > 0 && !isMetricAt(index) && field !== '')) return 'no dimension'
  if (!fields.some((field, index) => isMetricAt(index) && field !== '')) return 'no metric'
  const odd = fields.find(
    (field, index) => isMetricAt(index) && field !== '' && !/^-?\d+(\.\d+)?$/.test(field),
  )
  return odd === undefined ? null : `"${odd}" is not a number`
}
