import * as z from 'zod'
import { JobError } from '../errors'
import { StateDocument, documentVersion } from './state-document'

/**
 * Parses a document. An unreadable document never counts as a job that has not run yet.
 * @throws JobError `state-corrupt`
 */
export function parseDocument(path: string, body: Buffer): StateDocument {
  const raw = parseJson(body)
  const parsed = StateDocument.safeParse(raw)
  if (parsed.success) return parsed.data
  const version = z.object({ version: z.number() }).safeParse(raw).data?.version ?? documentVersion
  if (version > documentVersion) throw newerVersion(path, version)
  const issue = parsed.error.issues[0]
  const place = issue && issue.path.length > 0 ? issue.path.join('.') : 'its top level'
  throw new JobError(
    'state-corrupt',
    `The state document ${path} cannot be read: ${issue?.message ?? 'not JSON'} at ${place}.`,
    'Restore the file from a copy, or deploy the version of this app that wrote it. Do not delete it: the job would send everything again.',
    { details: { path } },
  )
}

function newerVersion(path: string, version: number): JobError {
  return new JobError(
    'state-corrupt',
    `The state document ${path} has version ${version}; this app knows versions up to ${documentVersion}.`,
    'Deploy the newer version of this app again: an older one must not write a document that it cannot read.',
    { details: { path, version } },
  )
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
