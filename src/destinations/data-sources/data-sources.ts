import { input } from '../../inputs'
import { createAnalyticsApi } from '../analytics-api'
import { parseSettings } from '../destination-settings'
import { checkOneReportSuite } from '../report-suite'
import { arrivalProof } from './arrival'
import { chooseAccount, wantedAccount } from './account'
import { checkTarget } from './check-target'
import { createDataSourcesClient } from './data-sources-client'
import { definitionFaults } from './definition-faults'
import { explainHold, remedies } from './explanations'
import { fileName } from './file-name'
import { lookUpName } from './look-up'
import { createRowEncoder } from './row-encoder'
import { DataSourceSettings } from './settings'
import { openTabFile, splitTabFile } from './tab-file'
import type { InputReference } from '../../inputs'
import type { Mistake } from '../../mistake'
import type { Destination, DestinationContext, DestinationDefinition, Refusal, Unknown } from '../destination'
import type { WantedAccount } from './account'
import type { DataSourceColumn, DataSourceKind, DataSourceRow, Dimension, Metric } from './columns'
import type { DataSourcesClient } from './data-sources-client'

export interface DataSources<Kind extends DataSourceKind, Column extends DataSourceColumn> {
  readonly reportSuite: InputReference
  /** The data source that takes the files, by its id or its name. */
  readonly account: InputReference | string
  readonly kind: Kind
  /** IANA zone of the report suite: by its clocks an instant becomes a date. */
  readonly timeZone: string
  /** The columns that `map` may set beside the date, in the order of the file. */
  readonly columns: readonly Column[]
  /** Metrics that may be negative: Analytics subtracts them. Default: none. */
  readonly negatives?: readonly (Column & Metric)[]
  /** Dimensions that may hold e-mail addresses and phone numbers. Default: none; they are rejects. */
  readonly allowPersonalData?: readonly (NoInfer<Column> & Dimension)[]
  /**
   * Policy for rows of one commit that have the same date and dimensions. `reject` (the default): the first is sent, the
   * others become rejects. `sum`: their metrics are added up.
   */
  readonly repeats?: Kind extends 'summary'
    ? 'reject' | 'sum'
    : Mistake<'Rows of transactions are never put together, so that `repeats` has no effect.'>
}

const kind = 'data-sources'
const company = input('ANALYTICS_COMPANY_ID')

/**
 * Adobe Analytics, Data Sources 2.0: tab-delimited files of totals or of facts about online transactions. Everything
 * that is sent adds up, for good: a file that is processed twice counts twice.
 * @see https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/data-sources/
 */
export function dataSources<const Kind extends DataSourceKind, const Column extends DataSourceColumn>(
  definition: DataSources<Kind, Column>,
): DestinationDefinition<DataSourceRow<Kind, Column>, 'append'> {
  const { reportSuite, account } = definition
  return {
    kind,
    semantics: 'append',
    inputs: [company, reportSuite, ...(typeof account === 'string' ? [] : [account])],
    settings: DataSourceSettings,
    faults: definitionFaults(definition).map((fault) => `dataSources: ${fault}`),
    open: (context) => open(context, definition),
  }
}

/** @throws JobError `input-missing`, `input-invalid` */
function open<Kind extends DataSourceKind, Column extends DataSourceColumn>(
  context: DestinationContext,
  definition: DataSources<Kind, Column>,
): Destination<DataSourceRow<Kind, Column>> {
  const { endpoints, credential, clock, inputs } = context
  const reportSuite = checkOneReportSuite(inputs(definition.reportSuite), definition.reportSuite.name)
  const wanted = wantedAccount(definition.account, inputs)
  const settings = parseSettings(DataSourceSettings, context.settings)
  const sums = definition.repeats === 'sum'
  const encoder = createRowEncoder({
    ...definition,
    negatives: definition.negatives ?? [],
    allowPersonalData: definition.allowPersonalData ?? [],
    sums,
    settings,
    clock,
  })
  const api = createAnalyticsApi(context, inputs(company))
  const client = createDataSourcesClient(api, reportSuite)
  const accountId = createAccountId(client, wanted, reportSuite)

  return {
    identity: {
      kind,
      address: endpoints.analytics,
      account: `${credential.clientId} of ${credential.orgId}`,
      target: `${reportSuite}/${wanted.text}`,
    },
    format: {
      extension: 'txt',
      encode: (row) => encoder.encode(row),
      ...(sums ? { merge: (first, second) => encoder.merge(first, second) } : {}),
      open: () => openTabFile(encoder.header, settings.dataSourceFileDays),
      split: splitTabFile,
    },
    partition: { count: 1, name: () => `${reportSuite}/${wanted.text}`, fingerprint: reportSuite },
    limits: {
      batchRows: settings.dataSourceFileRows,
      batchTextBytes: settings.dataSourceFileBytes,
      batchStoredBytes: settings.dataSourceFileBytes,
      requestIntervalMs: settings.dataSourceRequestMs,
      partitionIntervalMs: () => 0,
      underWay: 1,
    },
    semantics: 'append',
    delivery: {
      kind: 'named',
      name: (parts) => fileName(reportSuite, parts),
      async lookup({ id }, since, signal) {
        const account = await accountId(signal)
        if (account.kind !== 'account') return account
        const requestMs = settings.dataSourceRequestMs
        return lookUpName({ client, accountId: account.id, name: id, since, clock, requestMs, signal })
      },
      visibleWithinMs: settings.dataSourceVisibleMs,
    },
    check: (rows, signal) =>
      checkTarget(api, client, { ...definition, reportSuite, account: wanted }, rows, signal),
    async prepare(_batch, signal) {
      const account = await accountId(signal)
      return account.kind === 'account' ? { kind: 'prepared', handle: account.id } : account
    },
    send: (batch, window, handle) => client.upload(handle, batch, window),
    poll: (_batch, receipt, signal) => client.job(receipt, signal),
    arrival: arrivalProof({ reportSuite, client, clock, withinMs: settings.dataSourceArrivedWithinMs }),
    explain: explainHold,
    remedies,
  }
}

type AccountId = { readonly kind: 'account'; readonly id: string } | Refusal | Unknown

/** Asks for the accounts once. @throws JobError `input-invalid`, `job-invalid`, of the token */
function createAccountId(
  client: DataSourcesClient,
  wanted: WantedAccount,
  reportSuite: string,
): (signal: AbortSignal) => Promise<AccountId> {
  let known: AccountId | null = null
  return async (signal) => {
    if (known) return known
    const answer = await client.accounts(signal)
    if (answer.kind !== 'accounts') return answer
    const { id } = chooseAccount(answer.accounts, wanted, reportSuite)
    return (known = { kind: 'account', id })
  }
}
