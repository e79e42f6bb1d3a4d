import { JobError } from '../../src/errors'
import { instantAt, toRaw } from './records'
import type { Page, ReadRequest, Source } from '../../src/sources/source'
import type { Choices } from './choices'
import type { Saw } from './coverage'
import type { CursorNotation, ModelRecord } from './records'
import type { Process } from './time'

/** A system that records are read from. */
export interface Feed {
  records: ModelRecord[]
  /** Page cursors: where each page ends that was published. */
  pageEnds: number[]
  /** A field of no meaning; null where there is none. */
  noise: number | null
  /** It differs with each page that is read. */
  isVarying: boolean
  /** Newest first. */
  isReversed: boolean
  isDown: boolean
  identity: string
}

export interface FeedShape {
  readonly notation: CursorNotation
  readonly pageSize: number
  /** Each page begins with the last record of the page before. */
  readonly overlaps: boolean
  /** What is asked for is rounded outwards to a multiple of this many positions, so that more comes; null where not. */
  readonly coarseness: number | null
  /** Pages carry the cursor. */
  readonly pageCursor: boolean
}

export function createFeed(records: readonly ModelRecord[], pageSize: number): Feed {
  const feed: Feed = {
    records: [],
    pageEnds: [],
    noise: null,
    isVarying: false,
    isReversed: false,
    isDown: false,
    identity: 'http://feed',
  }
  publish(feed, records, pageSize)
  return feed
}

/** Adds records behind all others. */
export function publish(feed: Feed, records: readonly ModelRecord[], pageSize: number): void {
  const before = feed.records.length
  feed.records.push(...records)
  for (let at = before; at < feed.records.length; at += pageSize) {
    feed.pageEnds.push(Math.min(at + pageSize, feed.records.length))
  }
}

export interface SourceOptions extends FeedShape {
  readonly feed: Feed
  readonly process: Process
  readonly choices: Choices
  readonly saw: Saw
  /** Told of each read that begins. */
  readonly begun: () => void
}

export function sourceFor(options: SourceOptions): Source {
  const { feed, process, choices, saw, notation, pageCursor, begun } = options

  function unreachable(): JobError {
    saw('source read failed')
    return new JobError('source-unreachable', 'The feed does not answer.', 'Wait for it.')
  }

  return {
    identity: feed.identity,
    async *read(request): AsyncIterable<Page> {
      const since = request.mode === 'incremental' ? request.since : null
      begun()
      // Stable paging: where the records are replaced during a read, it goes on with those that it began with.
      const read = { ...options, feed: { ...feed } }
      for (let page = pageCursor && since !== null ? Number(since) : 0; ; page += 1) {
        const outcome = choices.next(30)
        const found = await process.call(20, () => {
          request.signal.throwIfAborted()
          if (feed.isDown || outcome === 29) throw unreachable()
          return pageCursor ? publishedPage(feed, page) : pageOf(read, request, page)
        })
        if (feed.noise !== null && feed.isVarying) feed.noise += 1
        const records = found.records.map((record) => toRaw(record, notation, feed.noise))
        if (records.length > 0) yield pageCursor ? { records, cursor: String(page + 1) } : { records }
        if (found.isLast) return
      }
    },
  }
}

interface FoundPage {
  readonly records: readonly ModelRecord[]
  readonly isLast: boolean
}

function publishedPage({ records, pageEnds }: Feed, page: number): FoundPage {
  return {
    records: records.slice(pageEnds[page - 1] ?? 0, pageEnds[page] ?? 0),
    isLast: page + 1 >= pageEnds.length,
  }
}

function pageOf(options: SourceOptions, request: ReadRequest, page: number): FoundPage {
  const { pageSize, overlaps } = options
  const all = inOrder(options.feed, wanted(options, request))
  const overlap = overlaps && page > 0 ? 1 : 0
  return {
    records: all.slice(page * pageSize - overlap, (page + 1) * pageSize),
    isLast: all.length <= (page + 1) * pageSize,
  }
}

/** Records without a plain cursor lie in no range, so that the feed sends them with each one. */
function wanted({ feed, notation, coarseness }: SourceOptions, request: ReadRequest): ModelRecord[] {
  const { records } = feed
  if (request.mode === 'full-refresh') return records
  const step = coarseness ?? 1e-9
  const down = (position: number) => (coarseness === null ? position : Math.floor(position / step) * step)
  const up = (position: number) => (coarseness === null ? position : Math.ceil(position / step) * step)
  if (request.mode === 'sliced') {
    const from = down((Date.parse(request.range.from) - instantAt(0)) / 60_000)
    const to = up((Date.parse(request.range.to) - instantAt(0)) / 60_000)
    return records.filter(
      (record) => isPlaceless(record) || (record.position >= from && record.position < to),
    )
  }
  const since = request.since === null ? -Infinity : down(notation.read(request.since))
  return records.filter((record) => isPlaceless(record) || record.position >= since)
}

function isPlaceless({ flaw }: ModelRecord): boolean {
  return flaw === 'cursorless' || flaw === 'far-ahead'
}

function inOrder({ isReversed }: Feed, records: readonly ModelRecord[]): readonly ModelRecord[] {
  const place = (record: ModelRecord) => (isPlaceless(record) ? Infinity : record.position)
  const sorted = [...records].sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0))
  return isReversed ? sorted.reverse() : sorted
}
