import { dueWork } from '../../pipeline/work'
import { newDocument } from '../../state/state-document'
import type { Enrich, Enrichment } from '../../pipeline/joins/enrichment'
import type { Job } from '../../definition/job'
import type { ReadRequest, Source } from '../../sources/source'

/** The rows and rejects of a source's first page. */
export interface RowSample {
  readonly records: number
  /** The rows of `map`. A record that does not parse, or on which `map` throws, has none. */
  readonly rows: readonly unknown[]
}

/**
 * Reads one page from the beginning of the source and maps it. Uses neither state nor destination.
 * @throws JobError of the source
 */
export async function sampleRows(
  job: Pick<Job, 'name' | 'sync' | 'record' | 'map'>,
  source: Source,
  enrichment: Enrichment | null,
  now: number,
): Promise<RowSample> {
  const reading = new AbortController()
  try {
    const enrich = (await enrichment?.load(reading.signal)) ?? null
    for await (const { records } of source.read(requestOf(job, now, reading.signal))) {
      return { records: records.length, rows: records.flatMap((record) => rowsOf(job, record, enrich)) }
    }
    return { records: 0, rows: [] }
  } finally {
    reading.abort(new Error('one page is enough'))
  }
}

/** As a sample, a slice is also read before it is due. */
function requestOf(
  { name, sync }: Pick<Job, 'name' | 'sync'>,
  now: number,
  signal: AbortSignal,
): ReadRequest {
  if (sync.mode === 'full-refresh') return { mode: 'full-refresh', signal }
  if (sync.mode === 'incremental') return { mode: 'incremental', since: null, sinceMs: null, signal }
  const [work] = dueWork({ sync }, newDocument(name), now)
  const slice = work?.kind === 'slice' ? work.slice : { from: now - dayMs, to: now }
  const range = { from: new Date(slice.from).toISOString(), to: new Date(slice.to).toISOString() }
  return { mode: 'sliced', range, signal }
}

const dayMs = 24 * 60 * 60_000

function rowsOf(
  { record: schema, map }: Pick<Job, 'record' | 'map'>,
  raw: unknown,
  enrich: Enrich | null,
): readonly unknown[] {
  try {
    const enriched = enrich?.(raw)
    if (enriched?.kind === 'unmatched') return []
    const record = enriched ? enriched.record : raw
    const parsed = schema.safeParse(record)
    const mapped = parsed.success ? map(parsed.data) : null
    return mapped === null ? [] : Array.isArray(mapped) ? (mapped as readonly unknown[]) : [mapped]
  } catch {
    return []
  }
}
