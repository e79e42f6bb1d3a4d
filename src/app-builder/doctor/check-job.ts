import { inputsFrom } from '../../inputs'
import { JobError } from '../../errors'
import { findJob } from '../../definition/find-job'
import { openJob } from '../../definition/open-job'
import { checkTarget, checkedRows } from '../../pipeline/check-target'
import { openEnrichment } from '../../pipeline/joins/enrichment'
import { clock, download, http, random } from '../container'
import { readCredentials } from '../params/credential-params'
import { readDeliverySettings, readServiceUrls } from '../params/parse-inputs'
import { identityOf } from '../service-token'
import { findLines } from './find-lines'
import { refusedRows } from './refused-rows'
import { sampleRows } from './sample-rows'
import type { AccessToken } from '../../auth/token-provider'
import type { CheckFinding } from '../../destinations/destination'
import type { Redactor } from '../../http/redact'
import type { Job } from '../../definition/job'
import type { Finding } from './finding'

export interface JobCheck {
  readonly name: string
  readonly jobs: readonly Job[]
  /** The folder of the jobs' files. */
  readonly folder: string
  readonly redactor: Redactor
}

type Inputs = Readonly<Record<string, string>>

/**
 * Checks one job against the live target: its declared columns, and the rows of its source's first page. Reads only.
 */
export async function checkJob(inputs: Inputs, token: AccessToken, check: JobCheck): Promise<Finding[]> {
  const { name, jobs, folder, redactor } = check
  const subject = `Job ${name}`
  try {
    const job = openJob(findJob(jobs, name))
    const sample = await sampleOf(job, inputs, redactor)
    const rows = sample.rows.slice(0, checkedRows)
    const destination = openDestination(job, inputs, token, redactor)
    const refused = refusedRows(`${subject}, rows`, rows, destination.format)
    const { signal } = new AbortController()
    const { findings, trouble } = await checkTarget(destination, rows, redactor.text, signal)
    return [
      ...sample.findings,
      ...refused,
      ...(trouble === null ? [] : [cannotAsk(subject, trouble)]),
      ...findings.map((finding) => located(finding, subject, folder, name)),
      ...(trouble === null && refused.length === 0 && findings.every(({ level }) => level === 'note')
        ? [{ level: 'good' as const, subject, message: 'fits what the target says of itself' }]
        : []),
    ]
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    return [{ level: 'fault', subject, message: error.message, remedy: error.remedy }]
  }
}

/** Without a sample, only the declared columns are checked. */
async function sampleOf(
  job: Job,
  inputs: Inputs,
  redactor: Redactor,
): Promise<{ readonly rows: readonly unknown[]; readonly findings: readonly Finding[] }> {
  const subject = `Job ${job.name}, source`
  const remedy = 'Only the declared columns are checked: values, events and products are not.'
  try {
    const context = {
      ...{ http, download, clock, random, learn: redactor.add, grants: undefined },
      inputs: inputsFrom(inputs, redactor.add),
    }
    const source = job.source.open(context)
    const enrichment = openEnrichment(job, (joined) => joined.open(context))
    const { records, rows } = await sampleRows(job, source, enrichment, clock.now())
    const message = `its first page has ${records} records, which become ${rows.length} rows`
    return {
      rows,
      findings: [
        rows.length > 0
          ? { level: 'good', subject, message }
          : { level: 'fault', subject, message, remedy: `${remedy} dryRun=true names the rejects.` },
      ],
    }
  } catch (error) {
    if (!(error instanceof JobError)) throw error
    return { rows: [], findings: [{ level: 'fault', subject, message: error.message, remedy }] }
  }
}

function openDestination(job: Job, inputs: Inputs, token: AccessToken, redactor: Redactor) {
  const headers = { authorization: `Bearer ${token.value}`, 'x-api-key': token.clientId }
  return job.destination.open({
    job: job.name,
    inputs: inputsFrom(inputs, redactor.add),
    http,
    authorize: () => Promise.resolve({ headers, drop: () => Promise.resolve() }),
    credential: identityOf(readCredentials(inputs), undefined),
    endpoints: readServiceUrls(inputs),
    settings: readDeliverySettings(inputs),
    clock,
    redact: redactor.text,
  })
}

function located(
  { level, subject, message }: CheckFinding,
  job: string,
  folder: string,
  name: string,
): Finding {
  const lines = findLines(folder, name, subject)
  return {
    level: level === 'fault' ? 'fault' : 'good',
    subject: subject === '' ? job : `${job}, ${subject}`,
    message,
    ...(level === 'fault' && lines !== null ? { remedy: `Change ${lines}` } : {}),
  }
}

function cannotAsk(subject: string, trouble: string): Finding {
  return {
    level: 'fault',
    subject,
    message: `the target could not be asked: ${trouble}`,
    remedy: 'Check the report suite and the product profile of the credential, and run the doctor again.',
  }
}
