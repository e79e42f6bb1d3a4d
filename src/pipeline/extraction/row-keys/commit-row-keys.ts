import { createRowSorter } from '../sort/row-sorter'
import { createRowKeyWriter, readRowKeys } from './row-key-files'
import { groupRowKeys } from './group-row-keys'
import type { EncodedRow } from '../../../destinations/destination'
import type { RowKeys } from '../../../state/run-file'
import type { RunFiles } from '../../run-files'
import type { Presence } from '../presence'
import type { ReadRecord } from '../read-record'
import type { RowKey } from './row-key-files'

/** The row keys of a commit: those that it sends, and those that no record has any more. */
export interface CommitRowKeys {
  /** True where keys must be deleted, or are recorded for the first time, although no record is new. */
  readonly hasNews: boolean
  /** True while the keys of records that were sent before must be recorded as well. */
  readonly learns: boolean
  /** The record came with these rows: they are its rows now. */
  rewrite(record: ReadRecord, rows: readonly EncodedRow[]): void
  /** The record was sent before, and has these rows. */
  learn(record: ReadRecord, rows: readonly EncodedRow[]): void
  readonly settle: () => Promise<void>
  /** Writes the keys that stay into files, and returns those that go, in order. To be read to its end. */
  gone(): AsyncIterable<readonly string[]>
  /** What {@link gone} has found. */
  readonly found: FoundKeys
  readonly dispose: () => Promise<void>
}

export interface FoundKeys {
  /** For the document; null where not every key is known yet. */
  readonly stored: RowKeys | null
  readonly deleted: number
  /** Keys before the commit. */
  readonly known: number
  /** True where the whole read had no record that is known by now. */
  readonly isEmptyRead: boolean
  /** Records that vanished before their keys were recorded. */
  readonly unnamed: number
  /** True where a record without a readable primary key may be any of the absent ones. */
  readonly isUncertain: boolean
}

export interface CommitRowKeysOptions {
  /** Of its files. */
  readonly name: string
  readonly run: string
  readonly files: Pick<RunFiles, 'read' | 'add'>
  readonly scratch: string
  /** Null where the job never recorded any. */
  readonly before: RowKeys | null
  readonly presence: Presence
  /** True for a read of everything: only that can tell what has vanished. */
  readonly isWhole: boolean
}

/** A run of the sort: its rows are short, and each takes memory of its own. */
const sorterLimits = { runChars: 512 * 1024, diskBytes: 250 * 1024 * 1024 }

export function createCommitRowKeys(options: CommitRowKeysOptions): CommitRowKeys {
  const { name, run, files, scratch, before, presence, isWhole } = options
  const sorter = createRowSorter(scratch, sorterLimits)
  const known = before ?? { parts: [], keys: 0 }
  let found: FoundKeys = {
    ...{ stored: before, deleted: 0, known: known.keys, isEmptyRead: false, unnamed: 0, isUncertain: false },
  }

  /** Without all the records that were sent, the list would leave out keys, unless it is certain which have vanished. */
  const isComplete = () => isWhole && presence.seen > 0 && (presence.isCertain || presence.absent() === 0)
  const canRecord = () => before !== null || isComplete()
  const canDelete = () => isWhole && presence.isCertain

  function add({ identity }: ReadRecord, rows: readonly EncodedRow[]): void {
    const [high, low] = identity().words
    for (const { rowKey } of rows) if (rowKey !== undefined) sorter.append(toRow({ key: rowKey, high, low }))
  }

  function stays({ high, low }: RowKey): boolean {
    if (!canDelete()) return true
    return presence.of(high, low) === 'present'
  }

  return {
    get hasNews() {
      return isWhole && canRecord() && (before === null || (presence.isCertain && presence.absent() > 0))
    },
    learns: before === null && isWhole,
    rewrite(record, rows) {
      const [high, low] = record.identity().words
      presence.rewrite(high, low)
      add(record, rows)
    },
    learn: add,
    settle: () => sorter.settle(),
    async *gone() {
      if (!canRecord()) return
      const writer = createRowKeyWriter(name, run, files)
      let [keys, deleted] = [0, 0]
      for await (const groups of groupRowKeys(readRowKeys(known, files), added(sorter.sorted()))) {
        const gone: string[] = []
        for (const { key, first, second } of groups) {
          const holders = distinct([...first.filter(stays), ...second])
          for (const holder of holders) writer.push(holder)
          if (holders.length > 0) keys += 1
          else gone.push(key)
        }
        await writer.settle()
        deleted += gone.length
        yield gone
      }
      found = {
        ...{ stored: { parts: await writer.finish(), keys }, deleted, known: known.keys },
        isEmptyRead: isWhole && presence.seen === 0,
        unnamed: before === null ? presence.absent() : 0,
        isUncertain: isWhole && !presence.isCertain,
      }
    },
    get found() {
      return found
    },
    dispose: () => sorter.dispose(),
  }
}

/** Each record once. */
function distinct(holders: readonly RowKey[]): readonly RowKey[] {
  if (holders.length < 2) return holders
  return [...new Map(holders.map((holder) => [`${holder.high} ${holder.low}`, holder])).values()]
}

function toRow({ key, high, low }: RowKey): EncodedRow {
  return { kind: 'row', rowKey: key, line: '', partition: high, order: low }
}

async function* added(blocks: AsyncIterable<readonly EncodedRow[]>): AsyncIterable<readonly RowKey[]> {
  for await (const block of blocks) {
    yield block.map(({ rowKey = '', partition, order }) => ({ key: rowKey, high: partition, low: order }))
  }
}
