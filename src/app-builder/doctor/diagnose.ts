import { imsChain } from '../../auth/ims/ims-chain'
import { toJobError } from '../../errors'
import { silentLog } from '../../log'
import { readCredentials } from '../params/credential-params'
import { readServiceUrls } from '../params/parse-inputs'
import { clock, http, random } from '../container'
import { checkAnalytics } from './analytics-access'
import { checkJob } from './check-job'
import { inspectInputs } from './inspect-inputs'
import { inputNamesOf, inspectJobs } from './inspect-jobs'
import { migrationSteps } from './migration'
import type { Job } from '../../definition/job'
import type { Finding } from './finding'
import type { JobCheck } from './check-job'

type Inputs = Readonly<Record<string, string>>

/**
 * Checks everything that this app needs to write to Analytics: inputs, token, permissions; and reports obsolete
 * settings. A check that cannot be made is a finding of the level `skipped`.
 * @param check a job that is compared with the live target as well
 */
export async function diagnose(
  inputs: Inputs,
  jobs: readonly Job[],
  check: JobCheck | null = null,
): Promise<Finding[]> {
  const told = inspectInputs(inputs, jobs)
  const ofJobs = inspectJobs(inputs, jobs)
  const unusable = told.some(({ level, subject }) => level !== 'good' && subject.endsWith('_URL'))
  const live = unusable
    ? skipped(check, 'a base URL cannot be used')
    : isForCustomersOnly(inputs)
      ? skipped(check, 'an Enterprise Web App gets tokens for customers only, after their consent')
      : await tryOut(inputs, jobs, check)
  return [...told, ...ofJobs, ...live, ...migrationSteps(inputs)]
}

function isForCustomersOnly(inputs: Inputs): boolean {
  const { IMS_ADMIN_CLIENT_ID: admin, IMS_OAUTH_S2S_CLIENT_ID: own, JWT_CLIENT_ID: jwt } = inputs
  return Boolean(admin) && !own && !jwt
}

function skipped(check: JobCheck | null, why: string): Finding[] {
  const subjects = ['Service token', 'Analytics', ...(check ? [`Job ${check.name}, live`] : [])]
  return subjects.map((subject) => ({ level: 'skipped', subject, message: `not checked, because ${why}` }))
}

async function tryOut(inputs: Inputs, jobs: readonly Job[], check: JobCheck | null): Promise<Finding[]> {
  const subject = 'Service token'
  const urls = readServiceUrls(inputs)
  const used = new Set(jobs.flatMap((job) => [...inputNamesOf(job)]))
  try {
    const token = await imsChain(
      readCredentials(inputs),
      { baseUrl: urls.ims, http, clock, random },
      { log: silentLog },
    )()
    const hours = Math.round((token.expiresAt - Date.now()) / 3_600_000)
    const minted: Finding = {
      level: 'good',
      subject,
      message: `minted for ${token.clientId}, valid for ${hours} h`,
    }
    const access = await checkAnalytics(token, urls, { inputs, used })
    return [minted, ...access, ...(check ? await checkJob(inputs, token, check) : [])]
  } catch (error) {
    const { message, remedy } = toJobError(error)
    const others = skipped(check, 'there is no token').filter((finding) => finding.subject !== subject)
    return [{ level: 'fault', subject, message, remedy }, ...others]
  }
}
