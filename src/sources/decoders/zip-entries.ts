import { crc32, createInflateRaw } from 'node:zlib'
import { bodyFault } from './body-fault'
import { createByteQueue } from './byte-queue'
import { inflatedFrom } from './inflated'
import { readEntryHead, readEntryTail } from './zip-records'
import type { Body } from './decoder'
import type { ByteQueue } from './byte-queue'
import type { EntryHead } from './zip-records'

/** A file in a zip. */
export interface ZipEntry {
  readonly name: string
  /** Its content, checked against size and CRC-32. It must be read before the next entry is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/**
 * The files of a zip in the order of its bytes, without its directory at the end, which would need the whole zip on
 * disk; the directory is then compared with the files that were read. PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4.
 * @throws JobError `source-malformed` for a zip that is damaged, encrypted or breaks off
 */
export async function* zipEntries(body: Body): AsyncGenerator<ZipEntry> {
  const queue = createByteQueue(body.bytes)
  try {
    let count = 0
    for (;;) {
      const head = await readEntryHead(queue, body, count)
      if (!head) return
      count += 1
      if (head.name.endsWith('/')) await drain(contentOf(queue, head, body))
      else {
        const bytes = contentOf(queue, head, body)
        yield { name: head.name, bytes }
        await drain(bytes)
      }
    }
  } finally {
    await queue.close()
  }
}

/** Reads to the end, so that size and checksum are verified. */
async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = bytes[Symbol.asyncIterator]()
  while ((await iterator.next()).done !== true);
}

async function* contentOf(queue: ByteQueue, head: EntryHead, body: Body): AsyncGenerator<Uint8Array> {
  const begin = queue.taken()
  let crc = 0
  let size = 0
  for await (const chunk of head.method === 'stored'
    ? stored(queue, head.size, body)
    : inflatedFrom(queue, body, createInflateRaw())) {
    crc = crc32(chunk, crc)
    size += chunk.length
    yield chunk
  }
  const packed = queue.taken() - begin
  const tail = await readEntryTail(queue, head, body)
  if (tail.crc !== crc || tail.size !== size || tail.packed !== packed) {
    throw bodyFault(body, 'has a file in its zip that does not match its checksum or size, before', {
      at: queue.taken(),
      unit: 'byte',
    })
  }
}

async function* stored(queue: ByteQueue, size: number, body: Body): AsyncGenerator<Uint8Array> {
  let missing = size
  while (missing > 0) {
    const chunk = await queue.next()
    if (!chunk) throw bodyFault(body, 'breaks off', { at: queue.taken(), unit: 'byte' })
    if (chunk.length > missing) queue.giveBack(chunk.subarray(missing))
    yield chunk.subarray(0, missing)
    missing -= Math.min(missing, chunk.length)
  }
}
