import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { splitGzipCsv } from '../../src/destinations/bulk-data-insertion/split-csv'
import { openGzipBatch } from '../../src/destinations/gzip-file'
import { createRejects } from '../../src/pipeline/extraction/commit-rejects'
import { identify } from '../../src/pipeline/extraction/identity'
import { openMemory } from '../../src/pipeline/extraction/memory'
import { encodeEntries } from '../../src/pipeline/extraction/memory-entries'
import { readRecord } from '../../src/pipeline/extraction/read-record'
import { createRejectIndex, openRejectIndex } from '../../src/pipeline/extraction/reject-index'
import { noMemory } from '../../src/state/run-file'
import { peakMemoryMb } from '../fixtures/peak-memory'
import type { Job } from '../../src/definition/job'
import type { CommitContext, CommitOptions } from '../../src/pipeline/extraction/commit-options'
import type { MemoryOptions } from '../../src/pipeline/extraction/memory'
import type { MemoryEntry } from '../../src/pipeline/extraction/memory-entries'

/**
 * One memory-hungry piece of work in a process of its own, which prints its peak resident memory in MB:
 * `node --require esbuild-register test/engine/memory-probe.ts split|refresh|merge|rejects`
 */
const folder = mkdtempSync(join(tmpdir(), 'memory-probe-'))

/** On disk: what lies in the store takes no memory of the action. */
const files = {
  add(name: string, bytes: Uint8Array) {
    writeFileSync(join(folder, name), bytes)
    return Promise.resolve()
  },
  read: (_run: string, name: string) => Promise.resolve(readFileSync(join(folder, name))),
}

const million = 1_000_000
const wholeRefresh: MemoryOptions = {
  ...{ keyed: true, files, run: 'run', cursor: null, placeOf: () => 0, lookback: Infinity },
  reach: 'all',
}

const work: Readonly<Record<string, () => Promise<void>>> = {
  /** A full batch that hardly compresses: 40,000 rows in 20 MB. */
  async split() {
    const file = openGzipBatch('a,b\r\n')
    for (let row = 0; row < 40_000; row += 1) {
      let text = String(row)
      while (text.length < 495) text += Math.sin(text.length * row).toString(36)
      file.append(`${row},${text.slice(0, 495)}\r\n`)
      if (row % 1_000 === 0) await file.drained()
    }
    const { bytes } = await file.finish()
    if ((await splitGzipCsv(bytes))?.[1].rows !== 20_000) throw new RangeError('not split')
  },

  /** A first read of a million records. */
  async refresh() {
    const memory = await openMemory(noMemory, wholeRefresh)
    memory.beginRead()
    for (let id = 0; id < million; id += 1) {
      const raw = { id: `k${id}` }
      memory.remember(identify(['id'], raw, raw), 'sent', { at: null, isNewest: false, recalled: false })
    }
    await memory.toCommit({ file: 'memory.bin', to: '', isForgotten: null })
  },

  /** A million keys in fifty segments, which become as few as they need. */
  async merge() {
    const segments = Array.from({ length: 50 }, (_, index) => ({
      run: 'run',
      file: `segment-${index}`,
      to: '',
    }))
    for (const [index, { file }] of segments.entries())
      await files.add(file, encodeEntries(entries(index * (million / 50), million / 50), million / 50, true))
    const memory = await openMemory({ inline: '', segments }, wholeRefresh)
    const merged = await memory.toCommit({ file: 'memory.bin', to: '', isForgotten: null })
    const isKnown = memory.recall(() => identityOf(million - 1), null) !== null
    if (merged.segments.length > 16 || !isKnown) throw new RangeError('not merged')
  },

  /** As many rejects of 2 KB as a job may have. */
  async rejects() {
    const record = z.object({ id: z.number() })
    const job = { record, sync: { mode: 'full-refresh', primaryKey: ['id'] } } as unknown as Job
    const rejects = createRejects(context, options)
    for (let id = 0; id < 100_000; id += 1) {
      const read = readRecord(job, { id: `k${id}`, text: 'x'.repeat(2_000) })
      if (!read.fault) throw new RangeError('not a reject')
      rejects.add(read, read.fault, null)
      if (id % 500 === 0) await rejects.settle()
    }
    const again = await openRejectIndex(await rejects.store(), files)
    if (again.entries.size !== 100_000) throw new RangeError('not all are stored')
  },
}

const context = {
  ...{ files, settings: { openRejects: 100_000 }, redact: (text: string) => text },
  state: {
    ...{ run: 'run', storeClock: { now: () => 0 } },
    document: { rejects: { index: null, segments: [] }, waivers: [] },
  },
} as unknown as CommitContext
const options = { name: 'commit-1', aside: false, rejects: createRejectIndex([]) } as unknown as CommitOptions

function identityOf(id: number): { keyed: true; words: MemoryEntry['words'] } {
  const high = Math.imul(id, 0x9e3779b1) >>> 0
  return { keyed: true, words: [high || 1, id, 1, 1] }
}

function* entries(from: number, count: number): Iterable<MemoryEntry> {
  for (let id = from; id < from + count; id += 1) yield { words: identityOf(id).words, decision: 1, place: 0 }
}

async function main(): Promise<void> {
  await work[process.argv[2] ?? '']?.()
  rmSync(folder, { recursive: true })
  process.stdout.write(`${peakMemoryMb()}\n`)
}

void main()
