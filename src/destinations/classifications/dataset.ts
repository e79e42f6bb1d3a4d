import * as z from 'zod'
import { JobError } from '../../errors'
import { isNotFound, readAnswer } from './answers'
import type { AnalyticsApi } from '../analytics-api'
import type { Refusal, Unknown } from '../destination'

/** A classification set, which the API calls a dataset. */
export interface Dataset {
  readonly id: string
  readonly name: string
  readonly columns: readonly string[]
  /** Report suites and dimensions whose reports show its values. */
  readonly subscriptions: readonly { readonly rsid: string; readonly dimension: string }[]
}

export type FoundDataset = { readonly kind: 'found'; readonly dataset: Dataset } | Refusal | Unknown

/** The definition's description of the set that the rows go to. */
export interface DatasetWanted {
  readonly reportSuite: string
  /** Such as `eVar1`. */
  readonly variable: string
  /** Id of the set; null where the one of suite and variable is meant. */
  readonly id: string | null
  readonly columns: readonly string[]
}

const Compatibility = z.object({
  metrics: z.array(z.object({ id: z.array(z.string()), datasets: z.array(z.string()) })),
})
const StoredSet = z.object({
  name: z.string().default(''),
  columns: z.array(z.object({ name: z.string() })).default([]),
  subscriptions: z.array(z.object({ rsid: z.string(), dimension: z.string() })).default([]),
})

/**
 * Finds the classification set of a suite and variable, and checks that it has the columns.
 * @param path `classifications` or `classification`
 * @throws JobError `target-unresolved` where there is none, more than one, or one that does not fit
 */
export async function findDataset(
  api: AnalyticsApi,
  path: string,
  wanted: DatasetWanted,
  signal: AbortSignal,
): Promise<FoundDataset> {
  const candidates: Candidates =
    wanted.id === null
      ? await candidatesOf(api, path, wanted, signal)
      : { kind: 'candidates', ids: [wanted.id] }
  if (candidates.kind !== 'candidates') return candidates
  const datasets: Dataset[] = []
  for (const id of candidates.ids) {
    const found = await readDataset(api, path, id, signal)
    if (found.kind !== 'found') return found
    datasets.push(found.dataset)
  }
  const [dataset, ...others] = datasets
  if (!dataset) throw noDataset(wanted)
  if (others.length > 0) throw ambiguous(wanted, datasets)
  assertFits(dataset, wanted)
  return { kind: 'found', dataset }
}

type Candidates = { readonly kind: 'candidates'; readonly ids: readonly string[] } | Refusal | Unknown

async function candidatesOf(
  api: AnalyticsApi,
  path: string,
  { reportSuite, variable }: DatasetWanted,
  signal: AbortSignal,
): Promise<Candidates> {
  const answer = await api.call({
    method: 'GET',
    path: `/${path}/datasets/compatibilityMetrics/${encodeURIComponent(reportSuite)}`,
    signal,
  })
  if (isNotFound(answer)) throw unknownSuite(reportSuite)
  const read = readAnswer(answer, api.reading(), Compatibility)
  if (read.kind !== 'read') return provesNothing(read)
  const ids = read.value.metrics
    .filter(({ id }) => id.some((name) => dimensionOf(name) === dimensionOf(variable)))
    .flatMap(({ datasets }) => datasets)
  return { kind: 'candidates', ids: [...new Set(ids)] }
}

async function readDataset(
  api: AnalyticsApi,
  path: string,
  id: string,
  signal: AbortSignal,
): Promise<FoundDataset> {
  const answer = await api.call({
    method: 'GET',
    path: `/${path}/datasets/${encodeURIComponent(id)}`,
    signal,
  })
  if (isNotFound(answer)) throw unknownDataset(id)
  const read = readAnswer(answer, api.reading(), StoredSet)
  if (read.kind !== 'read') return provesNothing(read)
  const { name, columns, subscriptions } = read.value
  return {
    kind: 'found',
    dataset: { id, name, columns: columns.map((column) => column.name), subscriptions },
  }
}

/** A search that Adobe refuses proves nothing about the sets. */
function provesNothing(read: Exclude<ReturnType<typeof readAnswer>, { kind: 'read' }>): Refusal | Unknown {
  if (read.kind === 'rejected' || read.kind === 'too-large') return { kind: 'unknown', message: read.message }
  return read
}

/** Dimensions come as `evar1` and as `variables/evar1`. */
export function dimensionOf(variable: string): string {
  return variable.toLowerCase().replace(/^variables\//, '')
}

function assertFits(dataset: Dataset, wanted: DatasetWanted): void {
  const { reportSuite, variable } = wanted
  const isSubscribed = dataset.subscriptions.some(
    ({ rsid, dimension }) => rsid === reportSuite && dimensionOf(dimension) === dimensionOf(variable),
  )
  if (!isSubscribed) throw notSubscribed(dataset, wanted)
  const missing = wanted.columns.filter((name) => !dataset.columns.includes(name))
  if (missing.length > 0) throw columnsMissing(dataset, missing)
}

const inSets = 'in Analytics > Components > Classification sets'
const namesOf = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
const labelOf = ({ id, name }: Dataset) => `"${name}" (${id})`

function noDataset({ reportSuite, variable }: DatasetWanted): JobError {
  return new JobError(
    'target-unresolved',
    `No classification set is subscribed to ${variable} of the report suite ${reportSuite}.`,
    `Create one ${inSets}, with a subscription for that suite and variable: the API cannot.`,
    { details: { reportSuite, variable } },
  )
}

function ambiguous({ reportSuite, variable }: DatasetWanted, datasets: readonly Dataset[]): JobError {
  return new JobError(
    'target-unresolved',
    `${variable} of the report suite ${reportSuite} has ${datasets.length} classification sets: ${datasets.map(labelOf).join(', ')}.`,
    "Name one of them: `dataset: input('…')` in the job's destination, with its id as the value of that input.",
    { details: { reportSuite, variable } },
  )
}

function unknownSuite(reportSuite: string): JobError {
  return new JobError(
    'target-unresolved',
    `Adobe finds no classification sets for the report suite "${reportSuite}": it does not exist there, or the path of the API is another.`,
    'Check the id of the report suite and ANALYTICS_COMPANY_ID; where both are right, set classificationPath in DELIVERY_SETTINGS to the other spelling.',
    { details: { reportSuite } },
  )
}

function unknownDataset(id: string): JobError {
  return new JobError(
    'target-unresolved',
    `There is no classification set with the id "${id}".`,
    `Copy the id from the address of the set ${inSets}, or leave \`dataset\` out. Where it is right, set classificationPath in DELIVERY_SETTINGS to the other spelling.`,
    { details: { dataset: id } },
  )
}

function notSubscribed(dataset: Dataset, { reportSuite, variable }: DatasetWanted): JobError {
  return new JobError(
    'target-unresolved',
    `The classification set ${labelOf(dataset)} is not subscribed to ${variable} of the report suite ${reportSuite}: no report would show its values.`,
    `Add that subscription ${inSets}, or correct \`reportSuite\`, \`variable\` or \`dataset\`.`,
    { details: { dataset: dataset.id, reportSuite, variable } },
  )
}

function columnsMissing(dataset: Dataset, missing: readonly string[]): JobError {
  return new JobError(
    'target-unresolved',
    `The classification set ${labelOf(dataset)} has no column ${namesOf(missing)}; it has ${namesOf(dataset.columns)}.`,
    `Correct \`columns\` in the job's file (upper and lower case count), or add the column to the set ${inSets}.`,
    { details: { dataset: dataset.id } },
  )
}
