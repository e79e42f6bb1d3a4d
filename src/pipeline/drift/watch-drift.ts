import { withoutPersonalData } from '../../personal-data'
import { compareWithShape } from './compare-with-shape'
import { declaredShape } from './declared-shape'
import type { Job } from '../../definition/job'
import type { Drift } from '../../state/run-report'
import type { Shape } from './declared-shape'

/** Limit of reported differences. */
const reportedLimit = 20
const watchedLimit = 200
const longestField = 120
const longestExample = 60

/** Compares the records of a run with the declaration in the job's schema. */
export interface DriftWatch {
  observe(record: unknown): void
  /** The differences so far, the most frequent first; empty where there is none. */
  found(): readonly Drift[]
}

/** @param hide takes secrets out of texts */
export function watchDrift(job: Pick<Job, 'record'>, hide: (text: string) => string): DriftWatch {
  const redact = (text: string) => withoutPersonalData(hide(text))
  const shape = shapeOf(job)
  const differences = new Map<string, { readonly drift: Omit<Drift, 'records'>; records: number }>()
  /** Differences of the record in work: each counts once a record, however many items of a list have it. */
  let inRecord = new Set<string>()

  function add(change: Drift['change'], field: string, value: unknown): void {
    const key = `${change} ${field}`
    if (inRecord.has(key)) return
    inRecord.add(key)
    const known = differences.get(key)
    if (known) known.records += 1
    else if (differences.size < watchedLimit) {
      const example = change === 'missing' ? {} : { example: exampleOf(value, redact) }
      differences.set(key, {
        drift: { field: redact(field).slice(0, longestField), change, ...example },
        records: 1,
      })
    }
  }

  return {
    observe(record) {
      if (!shape) return
      if (inRecord.size > 0) inRecord = new Set()
      compareWithShape(record, shape, add)
    },
    found: () =>
      [...differences.values()]
        .map(({ drift, records }) => ({ ...drift, records }))
        .sort((a, b) => b.records - a.records)
        .slice(0, reportedLimit),
  }
}

/** Null for a foreign object that only resembles a zod schema, because the author's code must not end the run. */
function shapeOf({ record }: Pick<Job, 'record'>): Shape | null {
  try {
    return declaredShape(record)
  } catch {
    return null
  }
}

function exampleOf(value: unknown, redact: (text: string) => string): string {
  let text: string
  try {
    text = JSON.stringify(value)
  } catch {
    text = 'nested too deep to be written'
  }
  const redacted = redact(text)
  return redacted.length > longestExample ? `${redacted.slice(0, longestExample - 1)}…` : redacted
}
