import type { RecordCursor } from '../../src/definition/sync'

/** What is wrong with a record, or what its author wants of it. */
export type Flaw =
  /** The schema refuses it. */
  | 'invalid'
  /** `map` throws on it. */
  | 'unmappable'
  /** `map` leaves it out. */
  | 'unwanted'
  /** Its primary key cannot be read. */
  | 'keyless'
  /** Its cursor cannot be read. */
  | 'cursorless'
  /** Its cursor is in the year 9999. */
  | 'far-ahead'

/** A record as its source knows it. */
export interface ModelRecord {
  readonly id: string
  readonly visitor: number
  /** Place in the source's order: minutes since {@link epoch}, or a plain number. */
  readonly position: number
  /** Time of its row, in minutes since {@link epoch}. */
  readonly minute: number
  readonly content: number
  readonly flaw: Flaw | null
}

/** Where the time of the records begins. */
export const epoch = Date.UTC(2026, 10, 20, 20)
export const minuteMs = 60_000

export function instantAt(position: number): number {
  return epoch + position * minuteMs
}

/** Records of several visitors, ascending, with ties. */
export function recordsFor(
  count: number,
  { spacing = 1, ids = count }: { readonly spacing?: number; readonly ids?: number } = {},
): ModelRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const position = Math.floor(index / 2) * spacing
    const id = index % ids
    return { id: `r${id}`, visitor: id % 3, position, minute: position, content: index, flaw: null }
  })
}

/** How a source writes its cursor, and how it reads what it is asked with. */
export interface CursorNotation {
  readonly cursor: RecordCursor
  readonly write: (record: ModelRecord) => unknown
  read(since: string): number
}

const field = {
  kind: 'record',
  path: 'cursor',
  timeZone: null,
  toleranceMs: 5 * minuteMs,
  faults: [],
} as const

/** ISO 8601 in three notations of the same instant, which no comparison of texts would sort. */
const instants: CursorNotation = {
  cursor: { ...field, notation: 'instant', unit: 'iso' },
  write({ position, content, flaw }) {
    if (flaw === 'far-ahead') return '9999-12-31T23:59:59Z'
    const iso = new Date(instantAt(position)).toISOString()
    if (content % 3 === 0) return iso
    if (content % 3 === 1) return iso.replace('.000Z', 'Z')
    return new Date(instantAt(position) + 120 * minuteMs).toISOString().replace('.000Z', '+02:00')
  },
  read: (since) => (Date.parse(since) - epoch) / minuteMs,
}

/** Numbers that gain a digit on their way; some are texts. */
const firstNumber = 990
const numbers: CursorNotation = {
  cursor: { ...field, notation: 'number', unit: 'iso' },
  write: ({ position, content }) =>
    content % 4 === 3 ? String(firstNumber + position) : firstNumber + position,
  read: (since) => Number(since) - firstNumber,
}

const texts: CursorNotation = {
  cursor: { ...field, notation: 'text', unit: 'iso' },
  write: ({ position }) => position.toFixed(2).padStart(9, '0'),
  read: Number,
}

export const notations = { instant: instants, number: numbers, text: texts }
export type Notation = keyof typeof notations

/** A record as its source sends it. @param noise a field that varies; null where there is none */
export function toRaw(record: ModelRecord, { write }: CursorNotation, noise: number | null): unknown {
  const { id, visitor, minute, content, flaw } = record
  return {
    id: flaw === 'keyless' ? null : id,
    visitor: flaw === 'invalid' ? 'unknown' : visitor,
    minute,
    content,
    cursor: flaw === 'cursorless' ? null : write(record),
    ...(flaw === 'unmappable' || flaw === 'unwanted' ? { note: flaw } : {}),
    ...(noise === null ? {} : { readAt: noise }),
  }
}
