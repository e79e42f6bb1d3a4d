import { JobError } from '../../errors'
import { authenticationKinds } from './authentication'
import { obviousKey } from './candidates'
import { destinationKinds } from './job-plan'
import { timeNotation } from './leaves'
import type { DestinationKind } from './job-plan'
import type { Survey } from './survey'
import type { Question, Wishes } from './wishes'

/** What must be known before anything is fetched. */
export function firstQuestions(wishes: Wishes): readonly Question[] {
  const asked: readonly Question[] = [
    { option: 'name', text: 'Name of the job, such as web-orders.' },
    { option: 'url', text: 'URL of the first page of records, without credentials.' },
    {
      option: 'auth',
      text: `How requests authenticate: ${authenticationKinds.join(', ')}.`,
      fallback: 'none',
    },
    {
      option: 'destination',
      text: `Destination: ${destinationKinds.join(', ')} (docs/which-destination.md says which).`,
    },
  ]
  return asked.filter(({ option }) => wishes[option] === undefined)
}

/** What one page does not say, for the destination that was chosen. */
export function furtherQuestions(
  survey: Survey,
  destination: DestinationKind,
  wishes: Wishes,
): readonly Question[] {
  const asked = [
    ...pagingQuestions(survey, wishes),
    ...keyQuestions(survey, destination, wishes),
    ...(destination === 'classifications'
      ? [{ option: 'variable' as const, text: 'Variable that is classified, such as eVar1 or campaign.' }]
      : timeQuestions(survey, destination)),
    columnQuestion(survey, destination),
  ]
  return asked.filter(({ option }) => wishes[option] === undefined)
}

function pagingQuestions({ paging }: Survey, wishes: Wishes): readonly Question[] {
  if (paging.kind !== 'unclear' || wishes['page-param'] !== undefined) return []
  return [
    {
      option: 'page-param',
      text: `Query parameter that asks for the next page: ${paging.why}. (--single-page reads the first page only.)`,
    },
  ]
}

/** Classifications need a key, and so do pages that are counted; other jobs go without where none is obvious. */
function keyQuestions(survey: Survey, destination: DestinationKind, wishes: Wishes): readonly Question[] {
  const obvious = obviousKey(survey.keys)
  const isCounted = survey.paging.kind === 'pages' && /^(?:pageNumber|offset)$/.test(survey.paging.name)
  const hasCursor = wishes.cursor !== undefined || survey.cursors.some(({ isAscending }) => isAscending)
  const isNeeded = destination === 'classifications' || isCounted || !hasCursor
  if (!isNeeded || obvious !== null) return []
  const known = survey.keys.length === 0 ? 'no field is' : `these are: ${survey.keys.join(', ')}`
  return [
    {
      option: 'primary-key',
      text: `Field, or fields with commas between them, different in every record: of this page, ${known}.`,
    },
  ]
}

function timeQuestions(survey: Survey, destination: DestinationKind): readonly Question[] {
  const times = survey.leaves.filter((leaf) => !leaf.isMissing && timeNotation(leaf) !== null)
  const [first, second] = times
  const time = first && !second ? { fallback: first.path } : {}
  const names = times.map(({ path }) => path).join(', ')
  const hasText = names === '' ? 'no field of this page is an instant' : `instants are ${names}`
  return [
    { option: 'timestamp', text: `Field with the time of the event: ${hasText}.`, ...time },
    ...(destination === 'data-sources'
      ? [
          {
            option: 'time-zone' as const,
            text: 'IANA time zone of the report suite, such as Europe/Berlin.',
          },
          { option: 'start' as const, text: 'First day that is read, such as 2026-01-01.' },
        ]
      : [
          {
            option: 'visitor' as const,
            text: `Field that identifies the visitor, such as a customer number. The fields are ${fieldsOf(survey)}.`,
          },
        ]),
  ]
}

function columnQuestion(survey: Survey, destination: DestinationKind): Question {
  const example = {
    'bulk-data-insertion': 'eVar1=product,event1,event2=total',
    'data-sources': 'Tracking Code=campaign,Event 10=cost',
    classifications: 'Name=name,Channel=channel',
  }[destination]
  return {
    option: 'column',
    text: `Columns and their fields, such as ${example}; the fields are ${fieldsOf(survey)}.`,
  }
}

function fieldsOf({ leaves }: Survey): string {
  return leaves.map(({ path }) => path).join(', ')
}

/** All that is missing at once, so that the command is corrected once. */
export function missingOptions(questions: readonly Question[]): JobError {
  return new JobError(
    'params-invalid',
    [
      `${questions.length === 1 ? 'One thing' : `${questions.length} things`} cannot be guessed.`,
      ...questions.map(({ option, text }) => `  --${option}: ${text}`),
    ].join('\n'),
    'Add these options, or leave --yes out and answer in a terminal.',
  )
}
