import { input } from '../../inputs'
import { createAnalyticsApi } from '../analytics-api'
import { parseSettings } from '../destination-settings'
import { openGzipBatch } from '../gzip-file'
import { checkReportSuite } from '../report-suite'
import { arrivalProof } from './arrival'
import { checkMapping } from './check-mapping'
import { createCollectionClient } from './collection-client'
import { createCsvEncoder } from './csv-encoder'
import { explainHold, remedies } from './explanations'
import { idempotencyKey } from './idempotency-key'
import { columnsFaults, isCustomerId } from './row-rules'
import { BulkDataInsertionSettings } from './settings'
import { splitGzipCsv } from './split-csv'
import { readSuite } from '../suite-facts'
import { groupName } from './visitor-group'
import { isHitColumn } from './hit'
import type { InputReference } from '../../inputs'
import type { Destination, DestinationContext, DestinationDefinition } from '../destination'
import type { EVarColumn, Hit, HitColumn } from './hit'

export interface BulkDataInsertion<Column extends HitColumn> {
  readonly reportSuite: InputReference
  /** The columns that `map` may set, in the order of the file. */
  readonly columns: readonly Column[]
  /** Number of visitor groups: files of different groups are sent in parallel. Default 1. */
  readonly groups?: number
  /** Adobe advises against `visitorID` on timestamped hits, and every row is one. Default false. */
  readonly allowVisitorId?: boolean
  /** eVars, props and lists of `columns` that may hold e-mail addresses and phone numbers. Default: none may. */
  readonly allowPersonalData?: readonly NoInfer<Column>[]
  /**
   * An eVar that nothing else sets: every row carries the short id of its batch in it, so that `verify-arrival` can ask
   * for each batch by itself. Let it expire with the hit. Without one, only the suite's totals can be compared.
   */
  readonly arrivalMarker?: EVarColumn
}

const kind = 'bulk-data-insertion'
/** Only the check reads from Analytics; the company is no input of the job. */
const company = input('ANALYTICS_COMPANY_ID')

/**
 * Adobe Analytics, Bulk Data Insertion API: gzip CSV files of timestamped hits. A visitor group is a partition.
 * @see https://developer.adobe.com/analytics-collection-apis/methods/bulk-data-insertion/
 */
export function bulkDataInsertion<Column extends HitColumn>(
  definition: BulkDataInsertion<Column>,
): DestinationDefinition<Hit<Column>, 'append'> {
  const { reportSuite, columns, groups = 1, arrivalMarker, allowPersonalData = [] } = definition
  const wholeGroups = Number.isInteger(groups) && groups >= 1
  return {
    kind,
    semantics: 'append',
    inputs: [reportSuite],
    settings: BulkDataInsertionSettings,
    faults: [
      ...columnsFaults(columns),
      ...markerFaults(arrivalMarker, columns),
      ...allowPersonalData
        .filter((name) => !columns.includes(name))
        .map((name) => `allowPersonalData has "${name}", which is not among the columns.`),
      ...(wholeGroups ? [] : [`groups is ${groups}; it must be a whole number from 1.`]),
    ],
    open: (context) => open(context, definition),
  }
}

/** @throws JobError `input-missing`, `input-invalid` */
function open<Column extends HitColumn>(
  context: DestinationContext,
  definition: BulkDataInsertion<Column>,
): Destination<Hit<Column>> {
  const { job, endpoints, credential } = context
  const { reportSuite, columns, groups = 1, arrivalMarker } = definition
  const { allowVisitorId = false, allowPersonalData = [] } = definition
  const suite = checkReportSuite(context.inputs(reportSuite), reportSuite.name)
  const settings = parseSettings(BulkDataInsertionSettings, context.settings)
  const layout = { columns, reportSuite: suite, groups, allowVisitorId, allowPersonalData }
  const encoder = createCsvEncoder(layout)
  const client = createCollectionClient(context)
  const name = (group: number) => groupName(suite, job, group, groups)
  // Whether a customer id decides about the group is part of the rule by which visitors are grouped.
  const grouping = groups > 1 && columns.some(isCustomerId) ? 'fnv-1a of seeds' : 'fnv-1a'

  return {
    identity: {
      kind,
      address: endpoints.collection,
      account: `${credential.clientId} of ${credential.orgId}`,
      target: suite,
    },
    format: {
      extension: 'csv.gz',
      encode: (hit) => encoder.encode(hit),
      open: (shortId) =>
        arrivalMarker === undefined
          ? openGzipBatch(encoder.header)
          : openGzipBatch(`${arrivalMarker},${encoder.header}`, shortId),
      split: splitGzipCsv,
    },
    partition: { count: groups, name, fingerprint: `${name(0)} ${grouping}` },
    limits: {
      batchRows: settings.batchRows,
      batchTextBytes: settings.batchBytes,
      batchStoredBytes: settings.batchGzipBytes,
      requestIntervalMs: settings.requestMs,
      partitionIntervalMs: (rows) => Math.max(settings.groupMs, (rows / settings.rowsPerSecond) * 1000),
      underWay: groups,
    },
    semantics: 'append',
    delivery: {
      kind: 'keyed',
      key: (parts) => idempotencyKey(suite, parts),
      lookup: (batch, signal) => client.lookup(batch, signal),
      verify: (batch, signal) => client.validate(batch, signal),
      visibleWithinMs: settings.settleMs,
      rememberedMs: settings.trustMs,
    },
    async check(rows, signal) {
      const api = createAnalyticsApi(context, context.inputs(company))
      const answer = await readSuite(api, suite, signal)
      if (answer.kind !== 'suite') return answer
      const declared = arrivalMarker === undefined ? columns : [...columns, arrivalMarker]
      return { kind: 'checked', findings: checkMapping(declared, rows, answer.facts) }
    },
    send: (batch, window) => client.upload(batch, window),
    arrival: arrivalProof({ reportSuite: suite, arrivalMarker, withinMs: settings.arrivedWithinMs }),
    explain: explainHold,
    remedies,
  }
}

/** A variable that `map` sets too would stand in the file twice, and the destination refuses such a file. */
function markerFaults(marker: EVarColumn | undefined, columns: readonly string[]): string[] {
  if (marker === undefined) return []
  if (!isHitColumn(marker) || !marker.startsWith('eVar'))
    return [`arrivalMarker is ${marker}; it must be one of eVar1 to eVar250.`]
  return columns.includes(marker)
    ? [`arrivalMarker is ${marker}, which is among the columns as well; nothing else may set it.`]
    : []
}
