import { createHash } from 'node:crypto'
import { JobError } from '../../errors'
import { formatExportCursor, nextDays, parseExportCursor } from './export-cursor'
import { parseExport } from './export-options'
import { openExportRequests } from './export-requests'
import type { Page, Source, SourceContext, SourceDefinition } from '../source'
import type { ExportCursor, OpenExport } from './export-cursor'
import type { ExportSettings, ExportSource } from './export-options'
import type { ExportRequests } from './export-requests'

/** Exports that one run asks for in place of failed ones. */
const maxAttempts = 3

/**
 * An API that prepares a file on request: create, poll, download, day by day. The cursor carries the id of the export,
 * so that a later run goes on with it instead of asking for another one.
 */
export function exportSource(definition: ExportSource): SourceDefinition<'page-cursor', 'stable'> {
  const { options, faults } = parseExport(definition)
  const { baseUrl, authentication, version = 1 } = definition
  return {
    kind: 'export',
    version,
    capabilities: ['page-cursor'],
    paging: 'stable',
    bringsMore: false,
    inputs: options ? [baseUrl, ...(authentication?.inputs ?? [])] : [],
    faults,
    open: (context) => openExport(definition, settingsOf(definition), context),
    consent: authentication && 'consent' in authentication ? authentication.consent : undefined,
  }
}

function settingsOf(definition: ExportSource): ExportSettings {
  const { options, faults } = parseExport(definition)
  if (options) return options
  throw new JobError('job-invalid', faults.join('; '), 'Correct the source of the job.')
}

interface Reader {
  readonly settings: ExportSettings
  readonly requests: ExportRequests
  readonly context: SourceContext
  readonly signal: AbortSignal
  /** False for a refresh, which has nothing to go on from. */
  readonly isResumable: boolean
}

function openExport(definition: ExportSource, settings: ExportSettings, context: SourceContext): Source {
  const requests = openExportRequests(definition, settings, context)
  return {
    identity: `${requests.url} (${digestOf(definition)})`,
    async *read(request): AsyncIterable<Page> {
      const stop = new AbortController()
      const signal = AbortSignal.any([request.signal, stop.signal])
      const isResumable = request.mode === 'incremental'
      const since = request.mode === 'incremental' ? request.since : null
      try {
        yield* readExports(
          { settings, requests, context, signal, isResumable },
          parseExportCursor(since, settings.days),
        )
      } finally {
        stop.abort('stopped')
      }
    },
  }
}

/**
 * With another query, body or format, the same export id means other records; with another zone or meaning of the ends,
 * the next export would repeat or leave out a day.
 */
function digestOf({ create, days, decoder }: ExportSource): string {
  const ends = [create.from, create.to, create.inclusiveTo ?? false, days.timeZone]
  const parts = [create.query, create.body?.write([]), create.format, decoder.kind, ...ends]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

async function* readExports(reader: Reader, start: ExportCursor): AsyncGenerator<Page> {
  const { settings, requests, context, signal } = reader
  for (let cursor = start; ;) {
    const { open } = cursor
    if (!open) {
      const days = nextDays(cursor.through, settings.days, context.clock.now())
      if (!days) return
      cursor = { ...cursor, open: await create(reader, days) }
      yield { records: [], cursor: formatExportCursor(cursor) }
      continue
    }
    const end = await wait(reader, open)
    if (end.kind === 'preparing') {
      if (end.export.id !== open.id)
        yield { records: [], cursor: formatExportCursor({ ...cursor, open: end.export }) }
      return
    }
    // A new export may have replaced a failed one, of which a part was read.
    let records = 0
    for await (const page of requests.download(end.url, signal)) {
      const fresh = page.records.slice(Math.max(0, open.records - records))
      records += page.records.length
      const now = { ...end.export, records }
      if (fresh.length > 0 || page.fields)
        yield { ...page, records: fresh, cursor: formatExportCursor({ ...cursor, open: now }) }
    }
    if (records < open.records) throw shorter(open, records)
    cursor = { through: open.to, open: null }
    yield { records: [], cursor: formatExportCursor(cursor) }
  }
}

async function create(
  { requests, context, signal }: Reader,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<OpenExport> {
  const id = await requests.create({ from, to }, signal)
  return { id, from, to, createdAt: context.clock.now(), records: 0 }
}

/** How waiting for an export ended; it may be another one, in place of one that failed. */
type WaitEnd = { readonly export: OpenExport } & (
  { readonly kind: 'ready'; readonly url: string } | { readonly kind: 'preparing' }
)

async function wait(reader: Reader, open: OpenExport): Promise<WaitEnd> {
  const { settings, requests, context, signal, isResumable } = reader
  const { everySeconds, perRunSeconds } = settings.poll
  const until = context.clock.monotonic() + perRunSeconds * 1000
  let current = open
  for (let attempts = 1; ;) {
    const state = await requests.poll(current.id, signal)
    if (state.kind === 'ready') return { kind: 'ready', url: state.url, export: current }
    if (state.kind === 'failed') {
      // Another export of the same days need not have the same records in the same order.
      if (attempts >= maxAttempts || open.records > 0) throw failed(current)
      attempts += 1
      current = await create(reader, open)
      continue
    }
    const waitedMs = context.clock.now() - current.createdAt
    if (waitedMs > settings.maxWait) throw waitedTooLong(current, waitedMs)
    if (context.clock.monotonic() + everySeconds * 1000 > until) {
      if (!isResumable) throw notResumable(current)
      return { kind: 'preparing', export: current }
    }
    await context.clock.sleep(everySeconds * 1000, signal)
  }
}

const goOn = 'To go on without it: resolve=definition as=continue from=<first day to export>.'

function failed({ id, records }: OpenExport): JobError {
  const read = records > 0 ? ` Records of it that were read: ${records}.` : ''
  return new JobError(
    'source-refused',
    `The API says that the export ${id} failed, or does not know it any more.${read}`,
    `Look for the cause at the API; the next run asks for another one unless records were read. ${goOn}`,
    { details: { id } },
  )
}

function waitedTooLong({ id }: OpenExport, waitedMs: number): JobError {
  return new JobError(
    'source-unreachable',
    `The export ${id} was asked for ${Math.floor(waitedMs / 60_000)} minutes ago and is not ready.`,
    `Later runs go on asking; another one is asked for once the API says that it failed, or answers 404 for it. ${goOn}`,
    { details: { id } },
  )
}

function notResumable({ id }: OpenExport): JobError {
  return new JobError(
    'source-unreachable',
    `The export ${id} is not ready within one run, and a refresh cannot go on with it in the next.`,
    'Raise perRunSeconds of the poll, or read it with incremental({ cursor: pageCursor() }).',
    { details: { id } },
  )
}

function shorter({ id, records }: OpenExport, found: number): JobError {
  return new JobError(
    'source-malformed',
    `The export ${id} has ${found} records, and ${records} of it were read before.`,
    goOn,
    { details: { id } },
  )
}
