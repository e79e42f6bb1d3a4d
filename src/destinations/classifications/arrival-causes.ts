import type { ArrivalCause } from '../destination'

/** Why a classification set may not show values that it imported. docs/errors.md explains each. */
export const arrivalCauses = {
  'unsubscribed-set':
    'The classification set is gone, or no longer subscribed by the report suite and variable of the job.',
  'key-mismatch': 'The set does not have the key: blanks at its ends or its case may have been changed.',
  'key-deleted': 'A later commit, another import or a person has deleted the key since.',
  'key-set-again':
    'The set still has values of a key that was deleted: a later commit, another import or a person has set it again.',
  overwritten: 'The set has the key with other values: another import or a person has written it since.',
  latency: 'An import can take up to two days to show.',
} as const

export function causesOf(...codes: readonly (keyof typeof arrivalCauses)[]): ArrivalCause[] {
  return codes.map((code) => ({ code, message: arrivalCauses[code] }))
}
