import type { Destination, HeldFacts, HoldExplanation } from '../destination'

const sentIfFound = 'if you have found its rows in Analytics'
const whichRows =
  'Adobe says how many rows it processed and not which: Analytics > Admin > Data Sources > Manage has a file log, and the address of the account got an e-mail.'

/** Explanations of a held file, by the code of the hold. */
const explanations: Readonly<Record<string, HoldExplanation | undefined>> = {
  'ingested-in-part': {
    known: `${whichRows} The rows that it processed are stored for good, and would count twice if they were sent again.`,
    risks: {
      sent: 'to accept what is stored; rows that are missing can be sent by a backfill or as corrections of a job of their own',
    },
  },
  rejected: {
    known: 'Adobe refused the file; none of its rows are stored.',
    risks: { resend: 'after the cause is removed in the data source or the report suite' },
  },
  'row-too-large': { known: 'Even a single row of it is too large for Adobe; it is not stored.' },
  'found-twice': {
    known:
      'The data source has several jobs with its file name. Each that is processed adds the same rows once more; deleting a job that was processed takes nothing back.',
    risks: {
      sent: 'once no more than one of the jobs was processed (delete the others while they wait), or to accept that its rows count more than once',
    },
  },
  'file-missing': { known: 'Its staged file is gone.', risks: { sent: sentIfFound } },
  'file-damaged': { known: 'Its staged file is not the one that was written.', risks: { sent: sentIfFound } },
}

export function explainHold({ code }: HeldFacts): HoldExplanation | null {
  return explanations[code] ?? null
}

export const remedies: NonNullable<Destination['remedies']> = {
  'not-authorized':
    'Check that the credential belongs to the organisation of the report suite; `npm run doctor` tells more.',
  'not-permitted':
    'Check ANALYTICS_COMPANY_ID and the report suite. In the Admin Console, add the technical account to a product profile with the report suite and the permissions "Web Service Access", "Data Sources Manager" and "Report Suite Mgmt".',
  'destination-unreachable': 'Check ANALYTICS_BASE_URL. The batches stay staged; the next tick tries again.',
}
