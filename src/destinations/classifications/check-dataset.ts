import { JobError } from '../../errors'
import { findDataset } from './dataset'
import type { AnalyticsApi } from '../analytics-api'
import type { CheckAnswer, CheckFinding } from '../destination'
import type { Dataset, DatasetWanted } from './dataset'

/**
 * Compares the definition with the classification set of its suite and variable: that there is one, which columns it
 * lacks, and whose reports it changes. Two requests, or one where the job names the set.
 */
export async function checkDataset(
  api: AnalyticsApi,
  path: string,
  wanted: DatasetWanted,
  signal: AbortSignal,
): Promise<CheckAnswer> {
  try {
    const found = await findDataset(api, path, { ...wanted, columns: [] }, signal)
    if (found.kind !== 'found') return found
    return { kind: 'checked', findings: findingsOf(found.dataset, wanted) }
  } catch (error) {
    if (!(error instanceof JobError) || error.code !== 'target-unresolved') throw error
    const subject = wanted.id === null ? 'variable' : 'dataset'
    return { kind: 'checked', findings: [fault(subject, `does not fit: ${error.message} ${error.remedy}`)] }
  }
}

function findingsOf(dataset: Dataset, { columns }: DatasetWanted): readonly CheckFinding[] {
  const label = `"${dataset.name}" (${dataset.id})`
  const missing = columns.filter((name) => !dataset.columns.includes(name))
  const others = dataset.columns.map((name) => `"${name}"`).join(', ')
  return [
    ...missing.map((name) =>
      fault(name, `is no column of the classification set ${label}, which has ${others}`),
    ),
    note(subscriptionNote(dataset)),
    note(
      'The API cannot be asked whether a key occurs in the variable: the cost of new keys is estimated from a sample before each commit.',
    ),
  ]
}

/** The suites and variables whose reports the set changes. */
export function subscriptionNote({ id, name, subscriptions }: Dataset): string {
  const subscribed = subscriptions.map(({ rsid, dimension }) => `${rsid} ${dimension}`).join(', ')
  return `The classification set "${name}" (${id}) is subscribed to ${subscribed}.`
}

function fault(subject: string, message: string): CheckFinding {
  return { level: 'fault', subject, message }
}

function note(message: string): CheckFinding {
  return { level: 'note', subject: '', message }
}
