import type { Reply } from '../../emulator'

/** Failures in OpenWhisk's words: `{ error, code }`, where `code` is the transaction id. */
function failure(status: number, error: string): Reply {
  return { status, body: { error, code: 'emulated' } }
}

export const answers = {
  unauthenticated: failure(401, 'The supplied authentication is invalid.'),
  forbidden: failure(403, 'The supplied authentication is not authorized to access this resource.'),
  missing: failure(404, 'The requested resource does not exist.'),
  exists: failure(409, 'resource already exists'),
  parametersNotAllowed: failure(
    400,
    'Request defines parameters that are not allowed (e.g., reserved properties).',
  ),
  badRequest: (error: string) => failure(400, error),
  conflict: (error: string) => failure(409, error),
  crowded: (error: string) => failure(429, error),
}
