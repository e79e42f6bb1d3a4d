import { imsChain } from '../../auth/ims/ims-chain'
import { toJobError } from '../../errors'
import { silentLog } from '../../log'
import { readCredentials } from '../params/credential-params'
import { readServiceUrls } from '../params/parse-inputs'
import { clock, http, random } from '../container'
import { checkAnalytics } from './analytics-access'
import { checkJob } from './check-job'
import { inspectInputs } from './inspect-inputs'
import { migrationSteps } from './migration'
import type { Job } from '../../jobs/job'
import type { Finding } from './finding'
import type { JobCheck } from './check-job'

/**
 * Checks everything that this app needs to write to Analytics: inputs, token, permissions; and reports obsolete
 * settings.
 * @param check a job that is compared with the live target as well
 */
export async function diagnose(
  inputs: Readonly<Record<string, string>>,
  jobs: readonly Job[],
  check: JobCheck | null = null,
): Promise<Finding[]> {
  const told = inspectInputs(inputs, jobs)
  const unusable = told.some(({ level, subject }) => level !== 'good' && subject.endsWith('_URL'))
  return [...told, ...(unusable ? [] : await tryOut(inputs, check)), ...migrationSteps(inputs)]
}

async function tryOut(inputs: Readonly<Record<string, string>>, check: JobCheck | null): Promise<Finding[]> {
  const subject = 'Service token'
  const urls = readServiceUrls(inputs)
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
    const access = await checkAnalytics(token, urls, inputs)
    return [minted, ...access, ...(check ? await checkJob(inputs, token, check) : [])]
  } catch (error) {
    const { message, remedy } = toJobError(error)
    return [{ level: 'fault', subject, message, remedy }]
  }
}
