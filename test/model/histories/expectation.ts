import { expectedLine } from '../verdict'
import { instantAt, minuteMs } from '../records'
import { partitionOf } from '../destination'
import type { JobShape } from '../jobs'
import type { ModelRecord } from '../records'
import type { World } from '../world'

/** How often a line may be stored. */
interface Bounds {
  least: number
  most: number
}

type Decision = 'sent' | 'rejected' | 'filtered'
/** What identifies a record: its primary key, or else itself. */
type Key = string | ModelRecord

interface Known {
  readonly record: ModelRecord
  readonly decision: Decision
}

interface Reject {
  readonly record: ModelRecord
  readonly state: 'open' | 'dropped'
  /** Another content of it was sent: only a person has it sent. */
  readonly isChanged: boolean
}

/** What a person asked to be read again, in positions. */
export interface Range {
  readonly from: number
  readonly to: number
}

interface Reading {
  readonly force: boolean
  readonly replay: boolean
  readonly aside: boolean
  /** What the backfill in work has decided itself. */
  readonly own: Map<Key, Known> | null
  /** Late is what is older than these rows; null where it is what is older than any row before it. */
  readonly committedMarks: ReadonlyMap<number, number> | null
}

/**
 * The rules of what is the same record, written down once more in the simplest way: everything is remembered for ever,
 * nothing crashes, and a read is one loop. It says how often each line must be stored.
 */
export interface Expectation {
  readonly lines: ReadonlyMap<string, Bounds>
  /** Upsert: the line that counts for each id. */
  readonly table: ReadonlyMap<string, string>
  /** Lines that need not be in the order of their time: late, or asked for by a person. */
  readonly aside: ReadonlySet<string>
  readonly cursor: number | null
  readonly watermark: number
  readonly openRejects: number
  readonly counts: { taken: number; healed: number; readonly rejects: Map<string, number> }
  /** False once a person has accepted that records may count twice or not at all. */
  readonly isExact: boolean
  /** What is due is read. @param storeNow ms */
  ordinary(storeNow: number): void
  backfill(range: Range, force: boolean): void
  isDone(range: Range): boolean
  replay(): void
  dropRejects(): void
  /**
   * A changed definition goes on from a position. Memory stays where records are recognised as before; it reached as far
   * as the former lookback.
   */
  continueFrom(position: number, knowsRecords: boolean, formerLookback: number | null): void
  regroup(): void
  /** The destination refused a line for good, or a person left it out. */
  leaveOut(line: string): void
  /** A person left a slice out. */
  skipSlice(): void
}

export const sliceLength = 60

export function createExpectation(world: World): Expectation {
  const lines = new Map<string, Bounds>()
  const table = new Map<string, string>()
  const aside = new Set<string>()
  let rejects: Reject[] = []
  let known = new Map<Key, Known>()
  let marks = new Map<number, number>()
  const counts = { taken: 0, healed: 0, rejects: new Map<string, number>() }
  let cursor: number | null = null
  let pagesRead = 0
  let watermark = 0
  let floor = -Infinity
  let isExact = true
  /** Records that count once more or not. */
  const perhaps = new Set<ModelRecord>()
  const done: Range[] = []
  const shape = (): JobShape => world.shape
  const ordinaryReading: Reading = {
    force: false,
    replay: false,
    aside: false,
    own: null,
    committedMarks: null,
  }

  function keyOf(record: ModelRecord): Key {
    return shape().keyed || shape().mode === 'full-refresh' ? record.id : record
  }

  function recall(record: ModelRecord, { force, own }: Reading): Known | null {
    const decided = own && version(own, record)
    if (decided) return decided
    const found = version(known, record)
    return force && found?.decision === 'sent' ? null : found
  }

  function version(memory: ReadonlyMap<Key, Known>, record: ModelRecord): Known | null {
    const found = memory.get(keyOf(record))
    if (!found || found.record === record) return found ?? null
    return isOtherVersion(shape(), record.position - found.record.position) ? found : null
  }

  /** An earlier version that was read again does not take the place of a later one. */
  function remember(record: ModelRecord, decision: Decision, { aside: isAside, own }: Reading): void {
    const key = keyOf(record)
    own?.set(key, { record, decision })
    const before = known.get(key)
    if (!isAside || !before || before.record.position <= record.position) known.set(key, { record, decision })
  }

  function reject(record: ModelRecord, code: string, replaced: Reject | null, reading: Reading): void {
    if (!replaced) counts.rejects.set(code, (counts.rejects.get(code) ?? 0) + 1)
    close(replaced)
    rejects.push({ record, state: 'open', isChanged: code === 'changed' })
    if (code !== 'changed') remember(record, 'rejected', reading)
  }

  function close(closed: Reject | null): void {
    rejects = rejects.filter((other) => other !== closed)
  }

  /** The same record comes first; an earlier version has nothing to do with the reject of a later one. */
  function findReject(record: ModelRecord): Reject | null {
    const ofKey = rejects.filter((one) => keyOf(one.record) === keyOf(record))
    const isEarlier = (one: Reject) => placeOf(one.record, -Infinity) <= placeOf(record, Infinity)
    const same = ofKey.find((one) => one.record === record)
    return same ?? ofKey.find((one) => one.state === 'open' && isEarlier(one)) ?? null
  }

  function placeOf({ flaw, position }: ModelRecord, unreadable: number): number {
    const hasPlace = shape().mode === 'incremental' || shape().mode === 'sliced'
    if (flaw === 'far-ahead') return Number.MAX_SAFE_INTEGER
    return hasPlace && flaw !== 'cursorless' ? (shape().notation === 'text' ? 0 : position) : unreadable
  }

  /** The order of the questions is the protocol. */
  function decide(record: ModelRecord, place: 'within' | 'behind', reading: Reading): void {
    const { replay } = reading
    const found = findReject(record)
    const open = found?.state === 'open' ? found : null
    if (found && !open && found.record === record) return
    const before = recall(record, reading)
    const isSame = before?.record === record
    if (place === 'behind' && !isSame && found?.record !== record) return
    if (isSame && !(open && before.decision === 'rejected')) {
      if (before.decision === 'sent' && perhaps.delete(record)) allow(lineOf(record))
      if (open?.record === record) close(open)
      return
    }
    if (before && !isSame && perhaps.has(before.record)) {
      perhaps.delete(before.record)
      if (faultOf(record, reading) === null) allow(lineOf(record))
      remember(record, 'sent', reading)
      return
    }
    if (open?.record === record && open.isChanged && !replay && !reading.force) return
    if (before?.decision === 'sent' && !isSame && !(replay && open)) {
      if (shape().onChange === 'ignore') {
        remember(record, 'sent', reading)
        return
      }
      if (shape().onChange === 'reject') {
        if (open?.record !== record) reject(record, 'changed', open, reading)
        return
      }
    }
    const fault = faultOf(record, reading)
    if (fault !== null) {
      if (open?.record !== record) reject(record, fault, open, reading)
      return
    }
    take(record, open, reading)
  }

  function faultOf(record: ModelRecord, { aside: isAside, committedMarks }: Reading): string | null {
    const { flaw, minute } = record
    if (flaw === 'far-ahead') return 'cursor-ahead'
    if (flaw === 'invalid' && !world.author.takesInvalid) return 'record-invalid'
    if (flaw === 'cursorless' && shape().mode !== 'full-refresh' && shape().mode !== 'pages') {
      return 'cursor-unreadable'
    }
    if (flaw === 'unmappable' && !world.author.mapsUnmappable) return 'map-failed'
    if (flaw === 'unwanted' || shape().late === 'send' || isAside) return null
    return isLate(visitorOf(record), minute, committedMarks) ? 'late' : null
  }

  function isLate(
    visitor: number,
    minute: number,
    committedMarks: ReadonlyMap<number, number> | null,
  ): boolean {
    if (shape().kind === 'upsert') return false
    return minute < ((committedMarks ?? marks).get(partition(visitor)) ?? -Infinity)
  }

  function partition(visitor: number): number {
    return partitionOf(visitor, world.destination.partitions)
  }

  function take(record: ModelRecord, heals: Reject | null, reading: Reading): void {
    close(heals)
    if (record.flaw === 'unwanted') {
      remember(record, 'filtered', reading)
      return
    }
    const line = lineOf(record)
    const visitor = visitorOf(record)
    counts.taken += 1
    if (heals) counts.healed += 1
    remember(record, 'sent', reading)
    if (reading.aside || isLate(visitor, record.minute, reading.committedMarks)) aside.add(line)
    marks.set(partition(visitor), Math.max(record.minute, marks.get(partition(visitor)) ?? -Infinity))
    allow(line)
    const bounds = lines.get(line)
    if (bounds) bounds.least += 1
    table.set(record.id, line)
  }

  function allow(line: string): void {
    const bounds = lines.get(line) ?? { least: 0, most: 0 }
    lines.set(line, { ...bounds, most: bounds.most + 1 })
  }

  function inOrder(records: readonly ModelRecord[]): ModelRecord[] {
    const place = ({ flaw, position }: ModelRecord) =>
      flaw === 'cursorless' || flaw === 'far-ahead' ? Infinity : position
    return [...records].sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0))
  }

  function readIncremental(): void {
    const { lookback, kind } = shape()
    const since = cursor === null ? -Infinity : Math.max(cursor - (lookback ?? 0), floor)
    const committedMarks = kind === 'upsert' ? new Map(marks) : null
    const { coarseness } = world.feedShape
    const from = coarseness === null ? since : Math.floor(since / coarseness) * coarseness
    for (const record of inOrder(world.feed.records)) {
      const isPlaceless = record.flaw === 'cursorless' || record.flaw === 'far-ahead'
      if (!isPlaceless && record.position < from) continue
      const place = isPlaceless || record.position >= since ? 'within' : 'behind'
      decide(record, place, { ...ordinaryReading, committedMarks })
      if (!isPlaceless && place === 'within') cursor = Math.max(cursor ?? -Infinity, record.position)
    }
  }

  function readPages(): void {
    const { records, pageEnds } = world.feed
    const begin = pagesRead === 0 ? 0 : (pageEnds[pagesRead - 1] ?? Infinity)
    for (const record of records.slice(begin)) decide(record, 'within', ordinaryReading)
    pagesRead = Math.max(pagesRead, pageEnds.length)
    cursor = pagesRead
  }

  function readSlice(from: number, to: number, reading: Reading): void {
    const { ordered, kind } = shape()
    const committedMarks = ordered && kind !== 'upsert' ? null : new Map(marks)
    // Without a lookback nothing is remembered beyond its commit.
    if (shape().lookback === null) known = new Map()
    for (const record of inOrder(world.feed.records)) {
      if (record.flaw === 'far-ahead') continue
      if (record.flaw === 'cursorless' || (record.position >= from && record.position < to)) {
        decide(record, 'within', { ...reading, committedMarks })
      }
    }
  }

  /** What is still known of a record when the job goes on from a position. */
  function remembered(
    stood: number,
    position: number,
    formerLookback: number | null,
  ): (record: ModelRecord) => 'yes' | 'no' | 'perhaps' {
    const { mode, keyed, notation } = shape()
    if (mode === 'full-refresh') return () => 'yes'
    if (mode === 'pages') return () => 'no'
    if (formerLookback !== null) {
      // What lies before the window may have been forgotten or not.
      return (record) => (record.position >= stood - formerLookback ? 'yes' : 'perhaps')
    }
    if (position === stood) return (record) => (record.position === stood ? 'yes' : 'no')
    return (record) => (keyed && notation !== 'text' && record.position === stood ? 'perhaps' : 'no')
  }

  function cover(range: Range): void {
    done.push(range)
  }

  return {
    lines,
    table,
    aside,
    get cursor() {
      return cursor
    },
    get watermark() {
      return watermark
    },
    get openRejects() {
      return rejects.filter(({ state }) => state === 'open').length
    },
    counts,
    get isExact() {
      return isExact
    },
    ordinary(storeNow) {
      const { mode, lookback } = shape()
      if (mode === 'incremental') readIncremental()
      else if (mode === 'pages') readPages()
      else if (mode === 'full-refresh') {
        const committedMarks = new Map(marks)
        for (const record of world.feed.records)
          decide(record, 'within', { ...ordinaryReading, committedMarks })
      } else {
        for (; instantAt(watermark + sliceLength) <= storeNow; watermark += sliceLength) {
          const from = Math.max(watermark - (lookback ?? 0), Math.min(Math.max(0, floor), watermark))
          readSlice(from, watermark + sliceLength, ordinaryReading)
          cover({ from: watermark, to: watermark + sliceLength })
        }
      }
    },
    backfill(range, force) {
      const reading = { ...ordinaryReading, aside: true, force, own: new Map<Key, Known>() }
      if (shape().mode === 'sliced') {
        for (let from = range.from; from < range.to; from += sliceLength) {
          readSlice(from, Math.min(from + sliceLength, range.to), reading)
        }
        cover(range)
        return
      }
      for (const record of inOrder(world.feed.records)) {
        if (record.flaw === 'far-ahead') break
        const isWithin = record.position >= range.from && record.position < range.to
        if (record.flaw === 'cursorless' || isWithin) decide(record, 'within', reading)
      }
    },
    isDone: (range) =>
      shape().mode !== 'sliced' || done.some(({ from, to }) => from < range.to && range.from < to),
    replay() {
      const reading = { ...ordinaryReading, aside: true, replay: true }
      for (const { record, state } of [...rejects]) if (state === 'open') decide(record, 'within', reading)
    },
    dropRejects() {
      rejects = rejects.map((one) => ({ ...one, state: 'dropped' }))
    },
    continueFrom(position, knowsRecords, formerLookback) {
      const stood = shape().mode === 'sliced' ? watermark : (cursor ?? -Infinity)
      if (!knowsRecords) rejects = []
      const reach = knowsRecords ? remembered(stood, position, formerLookback) : () => 'no'
      for (const [key, { record }] of [...known]) {
        const isKept = reach(record)
        if (isKept === 'no') known.delete(key)
        if (isKept === 'perhaps') perhaps.add(record)
      }
      isExact &&= perhaps.size === 0
      cursor = position
      pagesRead = position
      floor = position
      watermark = position
    },
    regroup() {
      const newest = Math.max(-Infinity, ...marks.values())
      marks = new Map(Array.from({ length: world.destination.partitions }, (_, index) => [index, newest]))
    },
    leaveOut(line) {
      const bounds = lines.get(line) ?? { least: 0, most: 0 }
      lines.set(line, { least: bounds.least - 1, most: bounds.most - 1 })
    },
    skipSlice() {
      watermark += sliceLength
    },
  }
}

function lineOf(record: ModelRecord): string {
  return expectedLine({ ...record, visitor: visitorOf(record) })
}

/** What the schema makes of a visitor that is unknown. */
function visitorOf({ flaw, visitor }: ModelRecord): number {
  return flaw === 'invalid' ? 0 : visitor
}

/** Whether another content of a key is the same record in another version, by how far it lies behind the known one. */
function isOtherVersion({ mode, lookback }: JobShape, distance: number): boolean {
  if (mode === 'full-refresh') return true
  if (mode === 'pages') return false
  if (lookback !== null) return distance <= lookback
  return mode === 'sliced' || distance === 0
}

export function positionOf(ms: number): number {
  return (ms - instantAt(0)) / minuteMs
}
