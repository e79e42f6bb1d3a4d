import { clock, download, http, random } from '../../src/app-builder/container'
import { sampleRows } from '../../src/app-builder/doctor/sample-rows'
import { inputsFrom } from '../../src/inputs'
import { dimensionOf } from '../../src/destinations/classifications/dataset'
import { openEnrichment } from '../../src/pipeline/joins/enrichment'
import { reportSuite } from './platform'
import { storedHits } from './stored-rows'
import type { DestinationContext } from '../../src/destinations/destination'
import type { Job } from '../../src/definition/job'
import type { Platform } from './platform'

type Inputs = Readonly<Record<string, string>>

/** What a person would have to set up in Analytics before the job runs: a data source, a classification set. */
export async function prepareTarget(job: Job, { analytics }: Platform, inputs: Inputs): Promise<void> {
  const { kind } = job.destination
  const target = kind === 'bulk-data-insertion' ? '' : targetOf(job, inputs)
  if (kind === 'data-sources') {
    analytics.dataSources.addAccount(reportSuite, target.slice(target.indexOf('/') + 1))
  }
  if (kind === 'classifications') {
    const [, variable = ''] = target.split(' ')
    const dimension = `variables/${dimensionOf(variable)}`
    const columns = await columnsOf(job, inputs)
    const known = analytics.classifications
      .subscribedBy(reportSuite)
      .find(({ subscriptions }) => subscriptions.some((one) => one.dimension === dimension))
    if (known) analytics.classifications.extend(known.id, columns)
    else analytics.classifications.add({ columns, subscriptions: [{ rsid: reportSuite, dimension }] })
  }
}

function targetOf({ name, destination }: Job, inputs: Inputs): string {
  const context = { job: name, inputs: inputsFrom(inputs), settings: {}, endpoints: {}, credential: {} }
  return destination.open(context as unknown as DestinationContext).identity.target
}

/** The columns that `map` sets for the first record. */
async function columnsOf(job: Job, inputs: Inputs): Promise<readonly string[]> {
  const services = { http, download, clock, random, learn: () => undefined, grants: undefined }
  const context = { ...services, inputs: inputsFrom(inputs) }
  const enrichment = openEnrichment(job, (joined) => joined.open(context))
  const { rows } = await sampleRows(job, job.source.open(context), enrichment, clock.now())
  return Object.keys(rows[0] ?? {}).filter((column) => column !== 'key')
}

const shown = 3

/** Some of the rows that Analytics has stored, as lines. */
export function storedLines(
  { destination }: Pick<Job, 'destination'>,
  platform: Platform,
): readonly string[] {
  const rows = storedRows(destination.kind, platform).slice(0, shown)
  if (rows.length === 0) return []
  return [
    '',
    'Rows that Analytics has stored, for example:',
    ...rows.map((row) => `  ${JSON.stringify(row)}`),
  ]
}

function storedRows(kind: string, platform: Platform): readonly object[] {
  const { dataSources, classifications } = platform.analytics
  if (kind === 'bulk-data-insertion') return storedHits(platform)
  if (kind === 'data-sources') return dataSources.rows(reportSuite)
  const values = classifications
    .subscribedBy(reportSuite)
    .flatMap(({ id }) => [...classifications.values(id)])
  return values.map(([key, row]) => ({ key, ...Object.fromEntries(row) }))
}
