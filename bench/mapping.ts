import { rounded, summary } from './measurement'
import { bundleSubjects, interleaved, runSubject } from './subject-process'
import type { Measurement } from './measurement'

const subjects = [
  'analytics-ingest',
  'analytics-ingest-intake',
  'hand-written',
  'segment-mapping-kit',
  'jmespath',
  'jsonata',
] as const

/** One order to the values of its 16 columns; the product checks and encodes them too. */
export async function mapping(runs: number): Promise<Measurement[]> {
  bundleSubjects(subjects.map(entryOf))
  const results = await interleaved(subjects, runs, (subject) =>
    runSubject(entryOf(subject), { BENCH_SECONDS: '1' }),
  )
  return [...results].map(([subject, measured]) => {
    const figures = summary('mapping', subject, measured)
    return { ...figures, nanosecondsPerRow: rounded(1e9 / figures.rowsPerSecond, 0) }
  })
}

const entryOf = (subject: string) => `mappings/${subject}`
