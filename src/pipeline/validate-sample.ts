import { JobError } from '../errors'
import type { Destination, EncodedRow } from '../destinations/destination'
import type { TargetCheck } from './check-target'

const nothing: TargetCheck = { findings: [], trouble: null }

/**
 * Asks the destination whether a file of the sampled rows is valid, where it can be asked without storing anything. The
 * rows are those of one partition, because a file has one.
 */
export async function validateSample(
  { delivery, format, partition }: Pick<Destination, 'delivery' | 'format' | 'partition'>,
  sample: readonly EncodedRow[],
  redact: (text: string) => string,
  signal: AbortSignal,
): Promise<TargetCheck> {
  const [first] = sample
  if (!first || delivery.kind !== 'keyed' || !delivery.verify) return nothing
  const file = format.open('dry-run')
  for (const row of sample) if (row.partition === first.partition) file.append(row.line)
  const { bytes, rows } = await file.finish()
  const batch = { id: 'dry-run', partition: partition.name(first.partition), rows, bytes }
  try {
    const answer = await delivery.verify({ ...batch, fileName: `sample.${format.extension}` }, signal)
    if (answer.kind === 'valid') return nothing
    if (answer.kind === 'invalid') {
      const message = `finds fault with ${rows} sample rows: ${redact(answer.message)}`
      return { findings: [{ level: 'fault', subject: 'The destination', message }], trouble: null }
    }
    const said = 'message' in answer ? answer.message : 'too many requests'
    return { findings: [], trouble: redact(`${answer.kind}: ${said}`) }
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    return { findings: [], trouble: redact(`${error.message} ${error.remedy}`) }
  }
}
