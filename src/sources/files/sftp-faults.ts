import { JobError } from '../../errors'
import { malformed } from './store-request'

export function wrongHostKey(input: string, host: string): JobError {
  return new JobError(
    'source-refused',
    `The server ${host} has another host key than ${input}: it was given a new one, or another server answers in its place.`,
    `Ask the owner of the server for the fingerprint of its key, and set ${input} to it. No credential was sent.`,
    { details: { input } },
  )
}

/** Messages of the library can repeat texts of the server, so only the code is kept. */
export function failure(what: string, error: unknown): JobError {
  const { code, level } = error as { code?: string | number; level?: string }
  const isRefused =
    level === 'client-authentication' || (error as Error).message.includes('authentication methods failed')
  if (isRefused) {
    return new JobError(
      'source-refused',
      'The SFTP server refused the credential.',
      'Check user name and credential.',
    )
  }
  if (code === 'ENOENT' || code === 2) return malformed(what, 'does not exist')
  if (code === 'EACCES' || code === 3) {
    return new JobError(
      'source-refused',
      `The SFTP server refuses access to ${what}.`,
      'Check the rights of the user.',
    )
  }
  return new JobError(
    'source-unreachable',
    `The SFTP server cannot be reached for ${what}: ${typeof code === 'string' ? code : 'the connection failed'}.`,
    'Check its host and port. The next run tries again from the last commit.',
    { cause: error, details: { what } },
  )
}
