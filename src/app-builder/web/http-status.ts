import type { JobError, JobErrorCode } from '../../errors'

const statusOf: Partial<Record<JobErrorCode, number>> = {
  'params-invalid': 400,
  'consent-invalid': 400,
  'caller-unauthorized': 401,
  'caller-forbidden': 403,
  'consent-declined': 403,
  'job-unknown': 404,
  'action-unavailable': 503,
  'token-unavailable': 503,
  'store-unreachable': 503,
}

/** The HTTP status of an error; 500 for errors that only the operator may read. */
export function httpStatusOf({ code }: JobError): number {
  return statusOf[code] ?? 500
}
