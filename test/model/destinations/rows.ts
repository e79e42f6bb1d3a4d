import { textFormat } from '../../fixtures/text-format'
import type { Format, Limits } from '../../../src/destinations/destination'

/** A row that is appended to its visitor's. */
export interface EventRow {
  readonly id: string
  readonly visitor: number
  readonly at: number
}

/** A row that replaces the one before of the same key. */
export interface ValueRow {
  readonly key: string
  readonly value: string
}

/** Visitors are spread over these. */
export const partitions = 2

export const eventFormat: Format<EventRow> = textFormat(({ id, visitor, at }) =>
  Number.isFinite(at)
    ? { kind: 'row', line: `${id},${visitor},${at}\n`, partition: visitor % partitions, order: at }
    : { kind: 'reject', code: 'time-invalid', path: 'at', message: 'is no number' },
)

export const valueFormat: Format<ValueRow> = textFormat(({ key, value }) =>
  key === ''
    ? { kind: 'reject', code: 'key-missing', path: 'key', message: 'is empty' }
    : { kind: 'row', line: `${key}=${value}\n`, partition: 0, order: 0, rowKey: key },
)

/** The event that a stored line stands for. */
export function eventOf(line: string): EventRow {
  const [id = '', visitor = '', at = ''] = line.split(',')
  return { id, visitor: Number(visitor), at: Number(at) }
}

/** Limits under which a handful of rows fills several batches. */
export const modelLimits: Limits = {
  batchRows: 4,
  batchTextBytes: 10_000,
  batchStoredBytes: 10_000,
  requestIntervalMs: 1_000,
  partitionIntervalMs: () => 20_000,
  underWay: 2,
}
