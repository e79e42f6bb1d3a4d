import type { ArrivalCause } from '../destination'

/** Likely causes of rows that an upload does not show as processed. docs/errors.md explains each. */
export const arrivalCauses = {
  'upload-removed': 'The upload was deleted, or its processing has failed, after it had been confirmed.',
  'rows-skipped': 'The upload has processed fewer rows than it held. Adobe does not say which.',
  latency: 'The upload is still being processed.',
} as const

export function causesOf(code: keyof typeof arrivalCauses): ArrivalCause[] {
  return [{ code, message: arrivalCauses[code] }]
}
