import { bundleSubjects, interleaved, runSubject } from './subject-process'
import { summary } from './measurement'
import type { Measurement } from './measurement'

const formats = ['json', 'json-lines', 'csv', 'xml', 'gzip', 'zip']
const subject = 'subjects/decoding'
/** A body of 1 GB. */
export const decodedRows = 4_500_000

/** Bodies of any size, read record by record: the most that is ever resident does not grow with them. */
export async function decoding(rows: number, runs: number): Promise<Measurement[]> {
  bundleSubjects([subject])
  const results = await interleaved(formats, runs, (format) =>
    runSubject(subject, { BENCH_ROWS: String(rows), BENCH_FORMAT: format }),
  )
  return [...results].map(([format, measured]) => summary('decoding', format, measured))
}
