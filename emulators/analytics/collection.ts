import { randomUUID } from 'node:crypto'
import { readFile } from './collected-file'
import { filePart } from './multipart'
import type { LoggedRequest, Reply } from '../emulator'
import type { Memory } from '../memory'
import type { ReadFile } from './collected-file'
import type { ReportSuites } from './report-suites'

/** An accepted file. */
export interface AcceptedFile {
  readonly key: string
  readonly group: string
  readonly rows: number
  readonly bytes: Buffer
  readonly at: number
}

export interface CollectionKnobs {
  /** The effect of a POST with an idempotency key that was used before. */
  repeatedKey: 'ingests-again' | 'echoes' | 'conflicts'
  /** True where the 200 of an accepted file lacks `status_code`, as has been seen. */
  withoutStatusCode: boolean
  /** HTTP status for a file that is rejected as a whole. */
  rejectedStatus: 200 | 400
  /** Delay until an accepted file is visible in the lookup, ms. */
  lookupLagMs: number
  /** Size limits of the compressed and of the raw file, bytes. */
  gzipLimit: number
  rawLimit: number
}

export interface Collection {
  readonly files: readonly AcceptedFile[]
  answer(request: LoggedRequest, pathname: string): Reply
  readonly memory: Memory
}

const base = '/aa/collect/v1/events'

/** Receives, validates and looks up files. */
export function createCollection(
  suites: ReportSuites,
  knobs: CollectionKnobs,
  now: () => number,
): Collection {
  const files: AcceptedFile[] = []
  const byKey = new Map<
    string,
    { readonly file: AcceptedFile; readonly body: object; readonly visibleAt: number }
  >()

  function answer(request: LoggedRequest, pathname: string): Reply {
    if (request.method === 'GET' && pathname.startsWith(`${base}/key/`)) {
      return lookup(decodeURIComponent(pathname.slice(`${base}/key/`.length)))
    }
    if (request.method !== 'POST' || (pathname !== base && pathname !== `${base}/validate`))
      return { status: 404 }
    const group = request.headers['x-adobe-vgid']
    if (typeof group !== 'string' || group === '')
      return { status: 400, body: { error: `Request is missing required header 'x-adobe-vgid'` } }
    const bytes = filePart(request)
    if (!bytes)
      return { status: 400, body: { error: 'An internal server error occurred: HTTP 400 Bad Request' } }
    if (bytes.length > knobs.gzipLimit) return tooLarge
    const read = readFile(bytes, knobs.rawLimit)
    if (read === 'too-large') return tooLarge
    return pathname === base ? upload(request, group, bytes, read) : validated(read)
  }

  function upload(request: LoggedRequest, group: string, bytes: Buffer, read: ReadFile): Reply {
    const fileId = randomUUID()
    const header = request.headers['x-adobe-idempotency-key']
    const key = typeof header === 'string' ? header : fileId
    const known = byKey.get(key)
    if (known && knobs.repeatedKey === 'echoes') return { status: 200, body: known.body }
    if (known && knobs.repeatedKey === 'conflicts')
      return { status: 409, body: { error: 'Duplicate idempotency key' } }

    const body: Record<string, unknown> = {
      file_id: fileId,
      visitor_group_id: group,
      size: bytes.length,
      received_date: Math.floor(now() / 1000),
      rows: read.rowCount,
      invalid_rows: read.invalidRows,
      upload_name: 'file.gz',
      status: read.error === null ? 'File received, awaiting processing' : 'File rejected',
      status_code: read.error === null ? 'UPLOADED' : 'REJECTED',
      processing_log: read.log,
      idempotency_key: key,
    }
    if (read.error !== null) return { status: knobs.rejectedStatus, body: { ...body, error: read.error } }
    if (knobs.withoutStatusCode) delete body.status_code
    const file = { key, group, rows: read.rowCount, bytes, at: now() }
    files.push(file)
    suites.ingest(group, read.rows, now())
    if (!known) byKey.set(key, { file, body, visibleAt: now() + knobs.lookupLagMs })
    return { status: 200, body }
  }

  function lookup(key: string): Reply {
    const known = byKey.get(key)
    if (!known || known.visibleAt > now()) return { status: 404, body: { error: 'File not found' } }
    const { file, body } = known
    const { file_id, size, received_date } = body as Record<string, unknown>
    return { status: 200, body: { file_id, size, received_date, rows: file.rows, idempotency_key: key } }
  }

  return { files, answer, memory: { files, byKey } }
}

function validated({ error, invalidRows, log }: ReadFile): Reply {
  if (error === null && invalidRows === 0) return { status: 200, body: { success: 'File is valid' } }
  const example = /On row: (\d+)/.exec(log)?.[1] ?? '1'
  return {
    status: 400,
    body: {
      error:
        error ??
        `File has ${invalidRows} rows that do not conform to the required CSV format! (Ex: row #${example})`,
    },
  }
}

const tooLarge: Reply = { status: 413, body: 'Request Entity Too Large' }
