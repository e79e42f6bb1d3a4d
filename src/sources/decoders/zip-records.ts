import { bodyFault } from './body-fault'
import type { Body } from './decoder'
import type { ByteQueue } from './byte-queue'

const signatures = { file: 0x04034b50, descriptor: 0x08074b50, directory: 0x02014b50, end: 0x06054b50 }
const zip64Field = 0x0001
const unknown32 = 0xffffffff

/** The header before the content of a file. */
export interface EntryHead extends EntryTail {
  readonly name: string
  readonly method: 'stored' | 'deflated'
  /** True where checksum and sizes follow the content. */
  readonly hasDescriptor: boolean
  readonly isZip64: boolean
}

/** The checksum and sizes that the content must have. */
export interface EntryTail {
  readonly crc: number
  readonly size: number
  readonly packed: number
}

/**
 * Reads the header of the next file; null after the last one, where the directory must list as many files.
 * @param count how many files came before
 */
export async function readEntryHead(queue: ByteQueue, body: Body, count: number): Promise<EntryHead | null> {
  const signature = (await need(queue, 4, body)).readUInt32LE()
  if (signature !== signatures.file) {
    await readDirectory(queue, body, signature, count)
    return null
  }
  const fixed = await need(queue, 26, body)
  const flags = fixed.readUInt16LE(2)
  const method = fixed.readUInt16LE(4)
  const name = (await need(queue, fixed.readUInt16LE(22), body)).toString(flags & 0x0800 ? 'utf8' : 'latin1')
  const zip64 = extraField(await need(queue, fixed.readUInt16LE(24), body), zip64Field)
  const hasDescriptor = (flags & 0x0008) !== 0
  if ((flags & 0x0001) !== 0) throw fault(queue, body, 'is an encrypted zip,')
  if (method !== 0 && method !== 8) throw fault(queue, body, `is a zip with compression method ${method},`)
  if (method === 0 && hasDescriptor)
    throw fault(queue, body, 'is a zip with a stored file of unknown length,')
  const sizes = { size: fixed.readUInt32LE(18), packed: fixed.readUInt32LE(14) }
  return {
    name,
    method: method === 0 ? 'stored' : 'deflated',
    hasDescriptor,
    isZip64: zip64 !== null,
    crc: fixed.readUInt32LE(10),
    size: sizes.size === unknown32 && zip64 ? Number(zip64.readBigUInt64LE(0)) : sizes.size,
    packed: sizes.packed === unknown32 && zip64 ? Number(zip64.readBigUInt64LE(8)) : sizes.packed,
  }
}

/** Checksum and sizes; read after the content where the header did not have them. */
export async function readEntryTail(queue: ByteQueue, head: EntryHead, body: Body): Promise<EntryTail> {
  if (!head.hasDescriptor) return head
  const first = await need(queue, 4, body)
  const crc = first.readUInt32LE() === signatures.descriptor ? await need(queue, 4, body) : first
  const sizes = await need(queue, head.isZip64 ? 16 : 8, body)
  return {
    crc: crc.readUInt32LE(),
    packed: head.isZip64 ? Number(sizes.readBigUInt64LE(0)) : sizes.readUInt32LE(0),
    size: head.isZip64 ? Number(sizes.readBigUInt64LE(8)) : sizes.readUInt32LE(4),
  }
}

/** A zip that breaks off between two files has no directory. */
async function readDirectory(queue: ByteQueue, body: Body, first: number, count: number): Promise<void> {
  let listed = 0
  let signature = first
  while (signature === signatures.directory) {
    const fixed = await need(queue, 42, body)
    const lengths = [fixed.readUInt16LE(24), fixed.readUInt16LE(26), fixed.readUInt16LE(28)]
    await need(
      queue,
      lengths.reduce((sum, length) => sum + length),
      body,
    )
    listed += 1
    signature = (await need(queue, 4, body)).readUInt32LE()
  }
  const isEnd = signature === signatures.end || (listed > 0 && [0x06064b50, 0x07064b50].includes(signature))
  if (!isEnd) throw fault(queue, body, count === 0 && listed === 0 ? 'is not a zip' : 'is a damaged zip')
  if (listed !== count) {
    throw bodyFault(body, `is a zip with ${count} files whose directory lists ${listed}`)
  }
}

function extraField(extra: Buffer, id: number): Buffer | null {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
  }
  return null
}

async function need(queue: ByteQueue, count: number, body: Body): Promise<Buffer> {
  const bytes = await queue.take(count)
  if (!bytes) throw fault(queue, body, queue.taken() === 0 ? 'is empty' : 'breaks off')
  return bytes
}

function fault(queue: ByteQueue, body: Body, what: string) {
  return bodyFault(body, what, { at: queue.taken(), unit: 'byte' })
}
