import { columnWishes, wrong } from './mapping'
import { destinationKinds } from './job-plan'
import { mapAttributes } from './map-attributes'
import { mapHits } from './map-hits'
import { mapTotals } from './map-totals'
import { obviousKey } from './candidates'
import { checkedZone, planSync } from './plan-sync'
import type { AuthenticationPlan, JobInput } from './authentication'
import type { ApiAddress } from './fetch-page'
import type { DestinationKind, JobPlan } from './job-plan'
import type { Mapping } from './mapping'
import type { JobNames } from './names'
import type { Survey } from './survey'
import type { Wishes } from './wishes'

/** The parts that are known before the page is fetched. */
export interface Beginning {
  readonly names: JobNames
  readonly address: ApiAddress
  readonly authentication: AuthenticationPlan
}

/** @throws JobError `params-invalid` */
export function checkedDestination({ destination }: Wishes): DestinationKind {
  const kind = destinationKinds.find((known) => known === destination)
  if (kind) return kind
  throw wrong(
    `There is no destination "${destination ?? ''}".`,
    `It is one of ${destinationKinds.join(', ')}.`,
  )
}

/**
 * Everything that the files will say, from the answer and the wishes. Guesses nothing: the questions have been answered.
 * @throws JobError `params-invalid` for a wish that the page refutes
 */
export function decide(beginning: Beginning, survey: Survey, wishes: Wishes): JobPlan {
  const { names, address, authentication } = beginning
  const destination = checkedDestination(wishes)
  const sync = planSync(survey, destination, wishes)
  const mapping = planMapping(names, survey, destination, wishes)
  const isDaily = sync.text.startsWith('fullRefresh')
  const counted = survey.paging.kind === 'pages' ? survey.paging.param : null
  return {
    names,
    authentication,
    survey,
    sync,
    mapping,
    // The paginator sets its parameter itself.
    address: { ...address, query: without(address.query, counted) },
    paginator: survey.paging.kind === 'pages' ? survey.paging.text : null,
    inputs: [baseUrlInput(names), ...authentication.inputs, ...mapping.inputs.map(asInput)],
    cron: cronOf(names.job, isDaily),
    minutes: isDaily ? 24 * 60 : 15,
    alarm: `${names.job}-every-${isDaily ? 'day' : '15-minutes'}`,
  }
}

/**
 * At minutes of its own for each job: a namespace fires 600 triggers a minute and runs 100 activations at a time, so
 * that alarms of many jobs should not fall on the same minute.
 */
function cronOf(job: string, isDaily: boolean): string {
  const minute = Buffer.from(job).reduce((sum, byte) => (31 * sum + byte) % 60, 0)
  if (isDaily) return `${minute} 4 * * *`
  return `${[0, 15, 30, 45].map((quarter) => quarter + (minute % 15)).join()} * * * *`
}

function planMapping(names: JobNames, survey: Survey, destination: DestinationKind, wishes: Wishes): Mapping {
  const columns = columnWishes(survey, wishes.column)
  const { timestamp = '', visitor = '', variable = '' } = wishes
  if (destination === 'bulk-data-insertion') return mapHits(names, survey, { timestamp, visitor, columns })
  if (destination === 'data-sources') {
    const timeZone = checkedZone(wishes['time-zone'] ?? '')
    return mapTotals(names, survey, { timestamp, timeZone, columns })
  }
  const key = wishes['primary-key'] ?? obviousKey(survey.keys) ?? ''
  return mapAttributes(names, survey, { key, variable, columns })
}

function without(query: ApiAddress['query'], name: string | null): ApiAddress['query'] {
  return Object.fromEntries(Object.entries(query).filter(([param]) => param !== name))
}

export function baseUrlInput({ prefix }: JobNames): JobInput {
  return { kind: 'input', name: `${prefix}_API_BASE_URL`, note: null }
}

function asInput({ name, note }: { readonly name: string; readonly note: string }): JobInput {
  return { kind: 'input', name, note }
}
