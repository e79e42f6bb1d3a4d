import * as z from 'zod'
import { parseOptions } from '../../options'
import { bodyFault, maxRecordChars, refuseType } from './body-fault'
import { EncodingLabel, textOf } from './text'
import type { Parser } from 'csv-parse'
import type { Body, Decoder } from './decoder'

export interface CsvOptions {
  /** Default `,`; `\t` for TSV. */
  readonly delimiter?: string
  /** The names of the columns, for a body without a header line. Default: the first line has them. */
  readonly header?: readonly string[]
  /** Lines before the header, such as a report's title. Default 0. */
  readonly skipLines?: number
  /** Default: byte order mark, `charset`, or UTF-8. */
  readonly encoding?: string
}

const Options = z.strictObject({
  delimiter: z.string('must be a character').length(1, 'must be one character').default(','),
  header: z
    .array(z.string().min(1, 'must not be empty'))
    .min(1, 'must not be empty')
    .refine((names) => new Set(names).size === names.length, 'names a column twice')
    .optional(),
  skipLines: z.int('must be a whole number').nonnegative('must not be negative').default(0),
  encoding: EncodingLabel.optional(),
})

/**
 * CSV as in RFC 4180, with any line break: each record has a text in every column; numbers and dates are not parsed.
 * Every line must have as many fields as the header. Blank lines are skipped.
 */
export function csv(given: CsvOptions = {}): Decoder {
  const { options, faults } = parseOptions('csv', Options, given)
  const { delimiter = ',', header, skipLines = 0, encoding } = options ?? {}
  return {
    kind: `csv(${JSON.stringify({ delimiter, header, skipLines })})`,
    accept: 'text/csv',
    faults,
    decode(body) {
      let names: readonly string[] | null = null
      const layout = {
        delimiter,
        header,
        skipLines,
        encoding,
        tell: (found: typeof names) => (names = found),
      }
      return { records: recordsOf(body, layout), envelope: () => null, fields: () => names }
    },
  }
}

interface Layout {
  readonly delimiter: string
  readonly header: readonly string[] | undefined
  readonly skipLines: number
  readonly encoding: string | undefined
  /** Takes the names of a header line. */
  readonly tell: (names: readonly string[]) => void
}

async function* recordsOf(body: Body, layout: Layout): AsyncGenerator<unknown[]> {
  refuseType(body, 'CSV', /json|(?<!ms-)xml|zip/)
  const parser = await openParser(layout)
  // It is read after each write; without a listener, Node would end the process.
  parser.on('error', () => undefined)
  let names = layout.header

  function drain(): unknown[] {
    if (parser.errored) throw csvFault(body, parser.errored)
    const records: unknown[] = []
    for (;;) {
      const fields = parser.read() as readonly string[] | null
      if (!fields) return records
      if (names) records.push(recordOf(body, names, fields))
      else layout.tell((names = headerOf(body, fields)))
    }
  }

  try {
    for await (const text of textOf(body, layout.encoding)) {
      parser.write(text)
      const records = drain()
      if (records.length > 0) yield records
    }
    await ended(parser)
    const records = drain()
    if (!names) throw bodyFault(body, 'is empty: not even a header came')
    if (records.length > 0) yield records
  } finally {
    parser.destroy()
  }
}

async function openParser({ delimiter, skipLines }: Layout): Promise<Parser> {
  const { Parser: CsvParser } = await import('csv-parse')
  return new CsvParser({
    delimiter,
    from_line: skipLines + 1,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    max_record_size: maxRecordChars,
  })
}

/** Parses what is left; a failure is in `errored`. */
function ended(parser: Parser): Promise<void> {
  return new Promise((resolve) => {
    parser.once('error', () => resolve())
    parser.once('finish', () => resolve())
    parser.end()
  })
}

/** Refuses a header with an empty or repeated name, because such columns cannot be distinguished. */
function headerOf(body: Body, names: readonly string[]): readonly string[] {
  const blank = names.findIndex((name) => name.trim() === '')
  if (blank >= 0) throw bodyFault(body, `has a header without a name for column ${blank + 1}`)
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index)
  if (twice >= 0) throw bodyFault(body, `has a header that names column ${twice + 1} like one before it`)
  return names
}

function recordOf(body: Body, names: readonly string[], fields: readonly string[]): unknown {
  // The parser has compared the lines with each other, but not with a declared header.
  if (fields.length !== names.length) {
    throw bodyFault(body, `has ${fields.length} columns, and the decoder declares ${names.length}`)
  }
  return Object.fromEntries(names.map((name, index) => [name, fields[index]]))
}

/** The texts of csv-parse repeat data, so only the code is kept. */
function csvFault(body: Body, error: Error): Error {
  const { code, lines } = error as { code?: string; lines?: number }
  const what: Record<string, string> = {
    CSV_QUOTE_NOT_CLOSED: 'breaks off inside of quotes that were opened',
    CSV_INVALID_CLOSING_QUOTE: 'has a character after a closing quote',
    INVALID_OPENING_QUOTE: 'has a quote inside of a field without quotes',
    CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'has more or fewer fields than before',
    CSV_MAX_RECORD_SIZE: 'has a record of more than 1 MB',
  }
  return bodyFault(body, what[code ?? ''] ?? 'is not CSV', { at: lines ?? 0, unit: 'line' })
}
