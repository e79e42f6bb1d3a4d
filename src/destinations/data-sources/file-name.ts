import { createHash } from 'node:crypto'
import type { BatchParts } from '../destination'

/** The name of a batch's file: unique among all files of the account, and computed from the batch alone. */
export function fileName(reportSuite: string, parts: BatchParts): string {
  const { job, partition, batch, generation, contentSha256 } = parts
  const whole = JSON.stringify([job, reportSuite, partition, batch, generation, contentSha256])
  return `${job}-${createHash('sha256').update(whole).digest('hex').slice(0, 32)}.txt`
}
