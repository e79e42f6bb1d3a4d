import { JobError } from '../../errors'
import type { InputReference, Inputs } from '../../inputs'

/** An account as the job names it, by its id or its name. */
export interface WantedAccount {
  readonly text: string
  /** The input that names it; null where the job's file does. */
  readonly input: string | null
}

/** An account of a report suite, without its FTP credentials. */
export interface Account {
  readonly id: string
  readonly name: string
}

/** @throws JobError `input-missing` */
export function wantedAccount(account: InputReference | string, inputs: Inputs): WantedAccount {
  return typeof account === 'string'
    ? { text: account, input: null }
    : { text: inputs(account), input: account.name }
}

/**
 * The account with the wanted id, else the one with the wanted name.
 * @throws JobError `input-invalid` or, where the job's file names it, `job-invalid`: none or several have it
 */
export function chooseAccount(
  accounts: readonly Account[],
  wanted: WantedAccount,
  reportSuite: string,
): Account {
  const byId = accounts.filter(({ id }) => id === wanted.text)
  const found = byId.length > 0 ? byId : accounts.filter(({ name }) => name === wanted.text)
  const [account] = found
  if (account && found.length === 1) return account
  const where = wanted.input ?? 'the `account` of the job'
  const several = `several data sources with the name "${wanted.text}": ${listOf(found)}`
  const none = `no data source with the id or name "${wanted.text}"; it has ${listOf(accounts)}`
  throw new JobError(
    wanted.input === null ? 'job-invalid' : 'input-invalid',
    `The report suite ${reportSuite} has ${found.length > 1 ? several : none}.`,
    `Set ${where} to the id of one of them, or create the data source in Analytics > Admin > Data Sources, and deploy again.`,
  )
}

function listOf(accounts: readonly Account[]): string {
  if (accounts.length === 0) return 'none'
  return accounts.map(({ id, name }) => `${id} (${name})`).join(', ')
}
