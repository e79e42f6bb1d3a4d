import { JobError } from '../../errors'
import { foreignCode } from '../../http/foreign-text'
import { isPassing } from '../../http/retry-policy'
import { isDenied } from './blob-request'
import type { HttpResponse } from '../../http/http-client'
import type { BlobRequest } from './blob-request'

/**
 * The error for an answer other than the expected one: refused if the store itself says so, otherwise unreachable,
 * because a proxy may have answered. Bodies are left out: those of Blob storage repeat parts of the signature.
 */
export function failure(request: BlobRequest, response: HttpResponse): JobError {
  const { status, headers } = response
  const code = headers['x-ms-error-code']
  const answer = `HTTP ${status}${code === undefined ? '' : ` ${foreignCode(code)}`}`
  const final = isDenied(response) || (status >= 400 && code !== undefined && !isPassing(response))
  return final ? refused(request, answer) : unreachable(request, `it answered ${answer}`)
}

/** @param reason completes the sentence */
export function unreachable(request: BlobRequest, reason: string): JobError {
  return new JobError(
    'store-unreachable',
    `${describe(request)} in App Builder Files failed: ${reason}.`,
    'Nothing is lost: the next tick carries on. If the error stays, check the status of App Builder Files.',
  )
}

function refused(request: BlobRequest, answer: string): JobError {
  return new JobError(
    'store-refused',
    `${describe(request)} in App Builder Files was refused: ${answer}.`,
    'Check that the namespace may use App Builder Files and has space left; a renewed signature was refused too.',
  )
}

function describe({ method, path }: BlobRequest): string {
  return path === '' ? 'Listing files' : `${method} ${path}`
}
