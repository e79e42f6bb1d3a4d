import * as z from 'zod'
import { parseOptions } from '../../options'
import { decodedPages } from '../decoders/decoded-pages'
import {
  parseCursor,
  beginning,
  behindFile,
  formatCursor,
  inReadingOrder,
  standOf,
  withKnownFiles,
  withinFile,
} from './file-cursor'
import {
  incomplete,
  late,
  neverMatched,
  nothingThere,
  openFileGone,
  replaced,
  unversioned,
  waitedTooLong,
} from './file-faults'
import { createPicker, Pick as PickSchema, pickFaults } from './pick'
import { changed } from './store-request'
import type { Decoder } from '../decoders/decoder'
import type { Page, Source, SourceContext, SourceDefinition } from '../source'
import type { FileCursor } from './file-cursor'
import type { FileContent, FileStore, FileStoreDefinition } from './file-store'
import type { PickOptions, PickedFile, Picker } from './pick'

export interface FileSource<Newest extends boolean = boolean> {
  /** The store of the files: `s3(…)`, `azureBlob(…)`, `sftp(…)` or `httpsFile(…)`. */
  readonly store: FileStoreDefinition
  /** Which files are read. Default: all. */
  readonly pick?: PickOptions
  /** The format of their content: `csv()`, `json(…)`, `jsonLines()`, `xml(…)`, and `gzip` or `zip` of these. */
  readonly decoder: Decoder
  /** True where each file is a whole copy: a full refresh reads the newest one only, and nothing else can. Default false. */
  readonly newestOnly?: Newest
  /** Policy for a file whose content was replaced after it was read. Default `error`; `read-again` reads all of it. */
  readonly whenReplaced?: 'error' | 'read-again'
  /** Policy for a file without a byte. Default `error`, unless the decoder takes it for no records; `skip`. */
  readonly whenEmpty?: 'error' | 'skip'
  /** To be increased when the meaning of the files changes. Default 1. */
  readonly version?: number
}

const made = <T extends object>(example: string, member: keyof T & string) =>
  z.custom<T>(
    (value) => typeof value === 'object' && value !== null && member in value && 'faults' in value,
    `must be made by a function such as ${example}`,
  )

const Options = z.strictObject({
  store: made<FileStoreDefinition>('s3(…)', 'open'),
  pick: z.object({ pattern: z.string() }, 'must be { pattern, … }').optional(),
  decoder: made<Decoder>('csv()', 'decode'),
  newestOnly: z.boolean('must be true or false').optional(),
  whenReplaced: z.enum(['error', 'read-again'], 'must be "error" or "read-again"').optional(),
  whenEmpty: z.enum(['error', 'skip'], 'must be "error" or "skip"').optional(),
  version: z.int('must be a whole number').optional(),
})

/**
 * Files in a store: the new ones, file by file, for `incremental({ cursor: pageCursor() })`; or all of them, or the
 * newest one, for `fullRefresh`.
 */
export function fileSource<const Newest extends boolean = false>(
  options: FileSource<Newest>,
): SourceDefinition<true extends Newest ? never : 'page-cursor', 'stable'> {
  const { faults } = parseOptions('fileSource', Options, options)
  const { store, pick, decoder, newestOnly, version = 1 } = options
  const isWhole = faults.length === 0
  return {
    kind: 'files',
    version,
    capabilities: (newestOnly ? [] : ['page-cursor']) as (true extends Newest ? never : 'page-cursor')[],
    paging: 'stable',
    bringsMore: false,
    inputs: isWhole ? store.inputs : [],
    faults: isWhole ? [...store.faults, ...(pick ? pickFaults(pick) : []), ...decoder.faults] : faults,
    open: (context) => openFiles(options, context),
  }
}

function openFiles(options: FileSource, context: SourceContext): Source {
  const { pick = { pattern: '**' }, decoder } = options
  const store = options.store.open(context)
  const picker = createPicker(PickSchema.parse(pick))
  return {
    identity: `${store.identity} ${pick.pattern} ${pick.order ?? 'name'} ${decoder.kind}`,
    async *read(request): AsyncIterable<Page> {
      const stop = new AbortController()
      const signal = AbortSignal.any([request.signal, stop.signal])
      try {
        const files = await picker.pick(store.list(picker.prefix, signal), context.clock.now())
        const reader: Reader = { ...options, store, picker, signal, now: context.clock.now() }
        if (request.mode === 'incremental') yield* readNew(reader, files, request.since)
        else yield* readWhole(reader, files)
      } finally {
        stop.abort('stopped')
        await store.close()
      }
    },
  }
}

interface Reader extends Omit<FileSource, 'store'> {
  readonly store: FileStore
  readonly picker: Picker
  readonly signal: AbortSignal
  readonly now: number
}

/** A file that is not complete makes those after it wait, so that their order is kept. */
async function* readNew(
  reader: Reader,
  files: readonly PickedFile[],
  since: string | null,
): AsyncGenerator<Page> {
  let cursor: FileCursor = since === null ? beginning : parseCursor(since, reader.picker)
  if (since === null && files.length === 0)
    throw neverMatched(reader.store.identity, reader.pick?.pattern ?? '**')
  assertOpenFileIsThere(cursor, files)
  cursor = withKnownFiles(cursor, files)
  for (const file of inReadingOrder(cursor, files)) {
    let stand = standOf(cursor, file)
    if (stand === 'done') continue
    if (stand === 'replaced' || stand === 'late') {
      if (reader.whenReplaced !== 'read-again') throw stand === 'late' ? late(file.name) : replaced(file.name)
      stand = 'new'
    }
    if (file.version === null) throw unversioned(file.name)
    if (isWaiting(reader, file)) return
    let records = 0
    const before = stand === 'open' ? (cursor.open?.records ?? 0) : 0
    for await (const page of pagesOf(reader, file)) {
      const fresh = page.records.slice(Math.max(0, before - records))
      records += page.records.length
      if (fresh.length > 0 || page.fields)
        yield { ...page, records: fresh, cursor: formatCursor(withinFile(cursor, file, records)) }
    }
    if (records < before) throw changed(file.name)
    cursor = behindFile(cursor, file)
    yield { records: [], cursor: formatCursor(cursor) }
  }
}

/** A full refresh must not silently leave out a file: its records would look as if they were gone. */
async function* readWhole(reader: Reader, files: readonly PickedFile[]): AsyncGenerator<Page> {
  const { newestOnly = false } = reader
  const chosen = newestOnly ? files.filter(({ waitsFor }) => waitsFor === null).slice(-1) : files
  if (chosen.length === 0) throw nothingThere(reader.store.identity, reader.pick?.pattern ?? '**')
  const waiting = chosen.find((file) => file.waitsFor !== null)
  if (waiting) throw incomplete(waiting)
  for (const file of chosen) {
    yield* pagesOf(reader, file)
  }
}

async function* pagesOf(reader: Reader, file: PickedFile): AsyncGenerator<Page> {
  if (file.bytes === 0 && reader.whenEmpty === 'skip') return
  const content = await reader.store.read(file, reader.signal)
  const body = { bytes: counted(content, file), contentType: content.contentType, place: file.name }
  yield* decodedPages(reader.decoder.decode(body))
}

/** Counts the bytes: otherwise a body that ends early without an error would count as the whole file. */
async function* counted({ bytes }: FileContent, file: PickedFile): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    yield chunk
  }
  if (file.bytes !== null && size !== file.bytes) throw changed(file.name)
}

const longWaitMs = 24 * 60 * 60_000

/** @throws JobError `source-malformed` where it has waited for longer than a day */
function isWaiting({ now }: Reader, file: PickedFile): boolean {
  if (file.waitsFor === null) return false
  if (file.modified !== null && Math.abs(now - file.modified) > longWaitMs) throw waitedTooLong(file)
  return true
}

function assertOpenFileIsThere({ open }: FileCursor, files: readonly PickedFile[]): void {
  if (!open || files.some(({ name }) => name === open.name)) return
  throw openFileGone(open.name, open.records)
}
