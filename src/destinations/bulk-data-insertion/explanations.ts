import type { Destination, HeldFacts, HoldExplanation } from '../destination'

const sentIfFound = 'if you have found its rows in Analytics'

/** Explanations of a held file, by the code of the hold. */
const explanations: Readonly<Record<string, HoldExplanation | undefined>> = {
  'invalid-rows': {
    known: 'Adobe took some of its rows and refused others. The rows it took are stored for good.',
    risks: { sent: 'to accept that the refused rows are missing in Analytics' },
  },
  rejected: {
    known: 'Adobe refused the whole file; none of its rows are stored.',
    risks: { resend: 'after the cause is removed in the report suite or at Adobe' },
  },
  'row-too-large': { known: 'Even a single row of it is too large for Adobe; it is not stored.' },
  'key-collision': {
    known: 'Adobe knows its idempotency key with another number of rows, so it may or may not be stored.',
    risks: { sent: sentIfFound },
  },
  'too-old-to-ask': {
    known:
      'Its answer was lost, and so much time has passed that Adobe may have forgotten its idempotency key.',
    risks: { sent: sentIfFound },
  },
}

export function explainHold({ code }: HeldFacts): HoldExplanation | null {
  return explanations[code] ?? null
}

export const remedies: NonNullable<Destination['remedies']> = {
  'not-authorized':
    'Check that the credential belongs to the environment and organisation of ANALYTICS_COLLECTION_BASE_URL; `npm run doctor` tells more.',
  'not-permitted':
    'In the Admin Console, add the technical account to a product profile of Adobe Analytics that includes the report suite.',
  'destination-unreachable':
    'Check ANALYTICS_COLLECTION_BASE_URL. The batches stay staged; the next tick tries again.',
}
