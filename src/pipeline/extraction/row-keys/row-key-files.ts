import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { JobError } from '../../../errors'
import type { RowKeys } from '../../../state/run-file'
import type { RunFiles } from '../../run-files'

/** A row key and the record that it came from: 64 bits of its primary key's hash. */
export interface RowKey {
  readonly key: string
  readonly high: number
  readonly low: number
}

/** Text of one file: a file is read and written as a whole. */
const partBytes = 1024 * 1024
/** Two words of the record, and the length of the key in bytes, before the key in UTF-8. */
const headBytes = 12

/** The row keys in their order, one file's worth at a time. @throws JobError `state-missing` */
export async function* readRowKeys(
  { parts }: Pick<RowKeys, 'parts'>,
  files: Pick<RunFiles, 'read'>,
): AsyncIterable<readonly RowKey[]> {
  for (const { run, file } of parts) {
    const bytes = await files.read(run, file)
    if (!bytes) throw partMissing(run, file)
    yield [...decode(inflateRawSync(bytes))]
  }
}

function* decode(bytes: Buffer): Iterable<RowKey> {
  for (let at = 0; at < bytes.length;) {
    const end = at + headBytes + bytes.readUInt32LE(at + 8)
    const key = bytes.toString('utf8', at + headBytes, end)
    yield { high: bytes.readUInt32LE(at), low: bytes.readUInt32LE(at + 4), key }
    at = end
  }
}

/** Writes row keys, which come sorted, into files of a run. */
export interface RowKeyWriter {
  push(rowKey: RowKey): void
  /** Writes the files that are full. */
  settle(): Promise<void>
  finish(): Promise<RowKeys['parts']>
}

/** @param name of the first file; the others add a number */
export function createRowKeyWriter(name: string, run: string, files: Pick<RunFiles, 'add'>): RowKeyWriter {
  const parts: RowKeys['parts'] = []
  const full: Buffer[] = []
  let open = Buffer.allocUnsafe(partBytes)
  let at = 0

  async function settle(): Promise<void> {
    for (const part of full.splice(0)) {
      const file = `${name}.${parts.length}`
      await files.add(file, deflateRawSync(part, { level: 1 }))
      parts.push({ run, file })
    }
  }

  return {
    settle,
    push({ key, high, low }) {
      const length = Buffer.byteLength(key)
      if (at > 0 && at + headBytes + length > open.length) {
        full.push(open.subarray(0, at))
        open = Buffer.allocUnsafe(Math.max(partBytes, headBytes + length))
        at = 0
      }
      open.writeUInt32LE(high, at)
      open.writeUInt32LE(low, at + 4)
      open.writeUInt32LE(length, at + 8)
      open.write(key, at + headBytes)
      at += headBytes + length
    },
    async finish() {
      if (at > 0) full.push(open.subarray(0, at))
      at = 0
      await settle()
      return parts
    },
  }
}

function partMissing(run: string, file: string): JobError {
  return new JobError(
    'state-missing',
    `The list of the keys that were sent is incomplete: ${file} of the run ${run} is not in the store.`,
    'Restore the file. To record the keys anew, from the next read on: resolve=definition as=continue. Keys of records that vanished before then stay.',
    { details: { run, file } },
  )
}
