import { input } from '../../inputs'
import { createAnalyticsApi } from '../analytics-api'
import { parseSettings } from '../destination-settings'
import { openGzipBatch } from '../gzip-file'
import { arrivalProof } from './arrival'
import { checkDataset } from './check-dataset'
import { columnsFaults, isClassifiedVariable } from './classification-row'
import { findDataset } from './dataset'
import { explainHold, remedies } from './explanations'
import { createImportClient } from './import-client'
import { createJsonEncoder, deletionOf } from './json-encoder'
import { splitJsonLines } from './json-lines'
import { reviewCommit } from './review'
import { withSample } from './sample'
import { ClassificationsSettings } from './settings'
import type { InputReference } from '../../inputs'
import type { Destination, DestinationContext, DestinationDefinition } from '../destination'
import type { ClassificationRow, ClassifiedVariable } from './classification-row'
import type { FoundDataset } from './dataset'
import type { EmptyMeans } from './json-encoder'

export interface Classifications<Column extends string> {
  /** A report suite whose reports show the values. */
  readonly reportSuite: InputReference
  /** The variable whose values are classified. */
  readonly variable: ClassifiedVariable
  /** The columns of the classification set that `map` sets beside the key. */
  readonly columns: readonly Column[]
  /** Id of the classification set. Default: the one that suite and variable have. */
  readonly dataset?: InputReference
  /** Policy for an empty text. Default `reject`. */
  readonly emptyMeans?: EmptyMeans
  /** A commit whose new keys are expected to cost more server calls waits for a person. Default 10,000. */
  readonly serverCallLimit?: number
  /** True where keys may be e-mail addresses or phone numbers. Default false. */
  readonly allowPersonalKeys?: boolean
}

const kind = 'classifications'
const company = input('ANALYTICS_COMPANY_ID')
const defaultServerCalls = 10_000
const emptyPolicies = ['reject', 'keep', 'delete']

/**
 * Adobe Analytics, Classifications 2.0 API: attributes of the values of a variable, by key. A key that is sent again
 * replaces its values.
 * @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/classifications/
 */
export function classifications<const Column extends string>(
  definition: Classifications<Column>,
): DestinationDefinition<ClassificationRow<Column>, 'upsert'> {
  const { reportSuite, variable, columns, dataset, emptyMeans = 'reject' } = definition
  const { serverCallLimit = defaultServerCalls } = definition
  return {
    kind,
    semantics: 'upsert',
    inputs: [company, reportSuite, ...(dataset ? [dataset] : [])],
    settings: ClassificationsSettings,
    faults: [
      ...(isClassifiedVariable(variable) ? [] : [`The variable "${variable}" is unknown to Adobe.`]),
      ...columnsFaults(columns),
      ...(emptyPolicies.includes(emptyMeans)
        ? []
        : [`emptyMeans is "${emptyMeans}"; it must be reject, keep or delete.`]),
      ...(Number.isInteger(serverCallLimit) && serverCallLimit >= 0
        ? []
        : [`serverCallLimit is ${serverCallLimit}; it must be a whole number from 0.`]),
    ],
    open: (context) => open(context, definition),
  }
}

/** @throws JobError `input-missing`, `input-invalid` */
function open<Column extends string>(
  context: DestinationContext,
  definition: Classifications<Column>,
): Destination<ClassificationRow<Column>> {
  const { job, endpoints, credential } = context
  const { variable, columns, emptyMeans = 'reject', allowPersonalKeys = false } = definition
  const suite = context.inputs(definition.reportSuite)
  const datasetId = definition.dataset ? context.inputs(definition.dataset) : null
  const settings = parseSettings(ClassificationsSettings, context.settings)
  const path = settings.classificationPath
  const encoder = createJsonEncoder(columns, emptyMeans, variable, allowPersonalKeys)
  const api = createAnalyticsApi(context, context.inputs(company))
  const client = createImportClient(api, {
    path,
    jobName: ({ fileName }) => `${job} ${fileName}`,
    jsonBytes: settings.classificationJsonBytes,
  })
  const target = datasetId === null ? `${suite} ${variable}` : `${suite} ${variable} ${datasetId}`
  const { serverCallLimit = defaultServerCalls } = definition
  const reviewed = { reportSuite: suite, variable, serverCallLimit }
  let known: FoundDataset | null = null

  const wanted = { reportSuite: suite, variable, id: datasetId, columns }

  /** Asked once a run: what is not found is asked for again. */
  async function dataset(signal: AbortSignal): Promise<FoundDataset> {
    if (known?.kind === 'found') return known
    known = await findDataset(api, path, wanted, signal)
    return known
  }

  return {
    identity: {
      kind,
      address: endpoints.analytics,
      account: `${credential.clientId} of ${credential.orgId}`,
      target,
    },
    format: {
      extension: 'json.gz',
      encode: (row) => encoder.encode(row),
      deletion: deletionOf,
      open: () => withSample(openGzipBatch(''), columns),
      split: splitJsonLines,
    },
    partition: { count: 1, name: () => target, fingerprint: target },
    limits: {
      batchRows: settings.classificationRows,
      batchTextBytes: settings.classificationBytes,
      batchStoredBytes: settings.classificationBytes,
      requestIntervalMs: settings.classificationRequestMs,
      partitionIntervalMs: () => 0,
      underWay: settings.classificationUnderWay,
    },
    semantics: 'upsert',
    delivery: { kind: 'upsert', settleMs: settings.classificationSettleMs },
    check: (_rows, signal) => checkDataset(api, path, wanted, signal),
    async review(commit, signal) {
      const found = await dataset(signal)
      if (found.kind !== 'found') return found
      return reviewCommit(api, found.dataset, reviewed, commit, context.clock.now(), signal)
    },
    async prepare(batch, signal) {
      const found = await dataset(signal)
      return found.kind === 'found' ? client.prepare(batch, found.dataset.id, signal) : found
    },
    send: (batch, window, handle) => client.send(batch, window, handle),
    poll: (batch, receipt, signal) => client.poll(batch, receipt, signal),
    arrival: arrivalProof({
      ...{ api, path, columns, dataset, encoder, clock: context.clock },
      withinMs: settings.classificationArrivedWithinMs,
      pollMs: settings.classificationExportPollMs,
    }),
    explain: explainHold,
    remedies,
  }
}
