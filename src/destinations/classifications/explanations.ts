import type { Destination, HeldFacts, HoldExplanation } from '../destination'

/** Explanations of a held import, by the code of the hold. */
const explanations: Readonly<Record<string, HoldExplanation | undefined>> = {
  rejected: {
    known: 'Adobe refused the whole import; none of its values are stored.',
    risks: { resend: 'after the cause is removed in the classification set' },
  },
  'row-too-large': { known: 'Even a single row of it is too large for Adobe; it is not stored.' },
  'processing-failed': {
    known: 'The import failed several times while Adobe worked on it. Some of its values may be stored.',
    risks: { resend: 'which is harmless: the same values are stored again' },
  },
}

export function explainHold({ code }: HeldFacts): HoldExplanation | null {
  return explanations[code] ?? null
}

export const remedies: NonNullable<Destination['remedies']> = {
  'not-authorized':
    'Check that the credential belongs to the environment and organisation of ANALYTICS_BASE_URL; `npm run doctor` tells more.',
  'not-permitted':
    'In the Admin Console, add the technical account to a product profile of Adobe Analytics that includes the report suite and the permission Classifications.',
  'destination-unreachable': 'Check ANALYTICS_BASE_URL. The batches stay staged; the next tick tries again.',
}
