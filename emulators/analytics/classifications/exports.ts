import type { ClassificationSet } from './classification-sets'

export interface ExportOptions {
  readonly dataFormat?: string
  readonly columns?: readonly string[]
  readonly keys?: readonly string[]
  readonly keyRegex?: string
  readonly rowLimit?: number
}

export const largestExport = 1_000_000

/** The fault of an export request; null where there is none. */
export function exportFault(
  { rowLimit = 100_000, dataFormat = 'tsv', columns = [] }: ExportOptions,
  set: ClassificationSet,
) {
  if (rowLimit > largestExport) return `The row limit must not exceed ${largestExport}`
  if (!['tsv', 'csv', 'json'].includes(dataFormat)) return 'The data format must be tsv, csv or json'
  return columns.every((name) => set.columns.includes(name)) ? null : 'Unknown header'
}

export interface ExportKnobs {
  /** Rows of one file of an export. */
  exportPartRows: number
  /** How an export shows a deleted key: not at all, with empty texts, with nulls (JSON), or without values (JSON). */
  deletedKeys: 'absent' | 'empty' | 'null' | 'bare'
}

/** The files of an export, by name. */
export function exportFiles(
  set: ClassificationSet,
  { dataFormat = 'tsv', columns, keys, keyRegex, rowLimit = 100_000 }: ExportOptions,
  { exportPartRows: partRows, deletedKeys }: ExportKnobs,
  at: number,
): ReadonlyMap<string, string> {
  const names = columns && columns.length > 0 ? columns : set.columns
  const wanted = keys && keys.length > 0 ? new Set(keys) : null
  const pattern = keyRegex === undefined || keyRegex === '' ? null : new RegExp(keyRegex)
  const deleted = [...set.deleted].map((key) => [key, new Map<string, string>()] as const)
  const rows = [...set.values, ...(deletedKeys === 'absent' ? [] : deleted)]
    .filter(([key]) => (wanted?.has(key) ?? true) && (pattern?.test(key) ?? true))
    .slice(0, rowLimit)
  const files = new Map<string, string>()
  for (let from = 0; from === 0 || from < rows.length; from += partRows) {
    const part = rows.slice(from, from + partRows)
    const text =
      dataFormat === 'json' ? jsonLines(part, names, deletedKeys) : table(part, names, dataFormat, at)
    files.set(`part${files.size + 1}.${dataFormat}`, text)
  }
  return files
}

type Rows = readonly (readonly [string, ReadonlyMap<string, string>])[]

function jsonLines(rows: Rows, names: readonly string[], deletedKeys: ExportKnobs['deletedKeys']): string {
  function line([key, values]: Rows[number]): string {
    const isDeleted = values.size === 0
    if (isDeleted && deletedKeys === 'bare') return JSON.stringify({ key })
    const none = isDeleted && deletedKeys === 'null' ? null : ''
    return JSON.stringify({
      key,
      data: Object.fromEntries(names.map((name) => [name, values.get(name) ?? none])),
    })
  }
  return rows.map((row) => `${line(row)}\n`).join('')
}

function table(rows: Rows, names: readonly string[], format: string, at: number): string {
  const delimiter = format === 'csv' ? ',' : '\t'
  const quoted = (text: string) =>
    format === 'csv' && /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  const time = new Date(at).toISOString().slice(0, 19).replace('T', ' ')
  const head = [
    '## SC\tSiteCatalyst saint Import File\tv:2.1',
    "## SC\t'## SC' indicates a SiteCatalyst pre-process header. Please do not remove these lines.",
    `## SC\tD:${time}\tA:xxxxxx:xx`,
  ]
  const lines = rows.map(([key, values]) =>
    [key, ...names.map((name) => values.get(name) ?? '')].map(quoted).join(delimiter),
  )
  return [...head, ['Key', ...names].map(quoted).join(delimiter), ...lines, ''].join('\n')
}
