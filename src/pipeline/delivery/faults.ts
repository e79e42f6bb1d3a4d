import { JobError } from '../../errors'

/** How often in a row a destination may be out of reach, or refuse a fresh token, before the run gives up. */
export const unreachableLimit = 5
export const unauthorizedLimit = 2

/** What stops delivery for the whole run, not for one batch. */

export function notAuthorized(message: string): JobError {
  return new JobError(
    'not-authorized',
    `Adobe Analytics refused a fresh token: ${message}`,
    'Check that the credential belongs to the environment and organisation of ANALYTICS_COLLECTION_BASE_URL; `npm run doctor` tells more.',
  )
}

export function notPermitted(message: string): JobError {
  return new JobError(
    'not-permitted',
    `The token is good, but its technical account may not do this: ${message}`,
    'In the Admin Console, add the technical account to a product profile of Adobe Analytics that includes the report suite.',
  )
}

export function outOfReach(message: string): JobError {
  return new JobError(
    'destination-unreachable',
    `Adobe Analytics cannot be reached: ${message}`,
    'Check ANALYTICS_COLLECTION_BASE_URL. The batches stay staged; the next tick tries again.',
  )
}
