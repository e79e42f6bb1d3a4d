import { JobError } from '../../errors'
import { readSuite } from '../suite-facts'
import { chooseAccount } from './account'
import { checkColumns } from './check-columns'
import type { AnalyticsApi } from '../analytics-api'
import type { CheckAnswer, CheckFinding } from '../destination'
import type { Account, WantedAccount } from './account'
import type { CheckedDefinition } from './check-columns'
import type { DataSourcesClient } from './data-sources-client'

export interface CheckedTarget extends CheckedDefinition {
  readonly reportSuite: string
  readonly account: WantedAccount
}

/** Compares the definition with the suite's data sources, its variables and its time zone: four requests. */
export async function checkTarget(
  api: AnalyticsApi,
  client: DataSourcesClient,
  target: CheckedTarget,
  rows: readonly unknown[],
  signal: AbortSignal,
): Promise<CheckAnswer> {
  const accounts = await client.accounts(signal)
  if (accounts.kind !== 'accounts') return accounts
  const suite = await readSuite(api, target.reportSuite, signal)
  if (suite.kind !== 'suite') return suite
  const checked = rows as readonly Readonly<Record<string, unknown>>[]
  return {
    kind: 'checked',
    findings: [accountFinding(accounts.accounts, target), ...checkColumns(target, checked, suite.facts)],
  }
}

function accountFinding(accounts: readonly Account[], { account, reportSuite }: CheckedTarget): CheckFinding {
  const subject = 'account'
  try {
    const { id, name } = chooseAccount(accounts, account, reportSuite)
    return { level: 'note', subject, message: `is the data source ${id} (${name}), which takes any columns` }
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    return { level: 'fault', subject, message: `does not fit: ${error.message} ${error.remedy}` }
  }
}
