import * as z from 'zod'
import { parseJson } from '../../http/json'
import { withoutPersonalData } from '../../personal-data'
import { openRejectIndex } from '../../pipeline/extraction/reject-index'
import { rejectsKeptMs } from '../../pipeline/retention'
import type { RunFiles } from '../../pipeline/run-files'
import type { RejectSegment, Rejects } from '../../state/state-document'

/** A record that could not become a row. What looks like personal data is left out of its texts, which are cut. */
export interface RejectedRecord {
  readonly path: string
  readonly message: string
  /** JSON. */
  readonly record: string
}

export interface RejectReason {
  readonly code: string
  readonly count: number
  /** The newest of them. */
  readonly records: readonly RejectedRecord[]
}

/** The rejects of a job that nobody has dealt with. */
export interface OpenRejects {
  readonly open: number
  /** When the oldest of them expire; null where there are none. */
  readonly expires: string | null
  readonly reasons: readonly RejectReason[]
  /** Open rejects whose records were not read: they lie in older files. */
  readonly unread: number
  /** Why the records cannot be read. */
  readonly fault: string | null
}

export const noRejects: OpenRejects = { open: 0, expires: null, reasons: [], unread: 0, fault: null }

/** A file has up to 4 MB; a person looks at the newest ones. */
const filesRead = 2
const recordsShown = 5
const recordChars = 1_000
const messageChars = 300

const Line = z.object({
  code: z.string().catch('unknown'),
  path: z.string().catch(''),
  message: z.string().catch(''),
  record: z.unknown(),
})

/**
 * Counts the open rejects by reason, and reads the newest records behind them.
 * @throws JobError `state-missing`, `store-unreachable`, `store-refused`
 */
export async function readOpenRejects(rejects: Rejects, files: Pick<RunFiles, 'read'>): Promise<OpenRejects> {
  const segments = rejects.segments.filter(({ open }) => open > 0)
  const [oldest] = segments
  if (!oldest) return noRejects
  const { entries } = await openRejectIndex(rejects, files)
  const openLines = new Map<number, number[]>()
  for (const { state, segment, line } of entries) {
    if (state === 'open') openLines.set(segment, [...(openLines.get(segment) ?? []), line])
  }
  const read = segments.slice(-filesRead)
  const reasons = new Map<string, RejectReason>()
  for (const segment of read.toReversed()) {
    await addReasons(segment, openLines.get(segment.id) ?? [], files, reasons)
  }
  const open = segments.reduce((sum, segment) => sum + segment.open, 0)
  const counted = [...reasons.values()].sort((one, other) => other.count - one.count)
  return {
    open,
    expires: new Date(oldest.at + rejectsKeptMs).toISOString(),
    reasons: counted,
    unread: open - counted.reduce((sum, { count }) => sum + count, 0),
    fault: null,
  }
}

/** The rejects of a state whose records cannot be read. */
export function unreadRejects({ segments }: Rejects, fault: string): OpenRejects {
  const open = segments.reduce((sum, segment) => sum + segment.open, 0)
  return { ...noRejects, open, unread: open, fault }
}

async function addReasons(
  { run, file }: RejectSegment,
  numbers: readonly number[],
  files: Pick<RunFiles, 'read'>,
  reasons: Map<string, RejectReason>,
): Promise<void> {
  const lines = (await files.read(run, file))?.toString('utf8').split('\n') ?? []
  for (const number of [...numbers].sort((one, other) => other - one)) {
    const line = Line.safeParse(parseJson(lines[number] ?? '')).data
    if (!line) continue
    const { code } = line
    const { count, records } = reasons.get(code) ?? { count: 0, records: [] }
    const more = records.length < recordsShown ? [...records, shown(line)] : records
    reasons.set(code, { code, count: count + 1, records: more })
  }
}

function shown({ path, message, record }: z.infer<typeof Line>): RejectedRecord {
  return {
    path,
    message: cut(withoutPersonalData(message), messageChars),
    record: cut(withoutPersonalData(JSON.stringify(record ?? null)), recordChars),
  }
}

function cut(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars)}…`
}
