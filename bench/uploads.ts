import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { parse } from 'csv-parse'
import { orderOf } from './orders'
import { plainHit } from './subjects/plain-hit'
import type { BenchServer } from './server/start-server'

/** The text of every file that the sink has, one after the other. */
async function* texts(server: BenchServer): AsyncIterable<NodeJS.ReadableStream> {
  const { uploads } = await server.tally()
  for (let index = 0; index < uploads; index += 1) {
    yield Readable.from([await server.upload(index)]).pipe(createGunzip())
  }
}

/**
 * Compares every field of every row with its expected value, decoded by another reader.
 * @throws Error at the first difference
 */
export async function assertUploads(server: BenchServer, subject: string, rows: number): Promise<void> {
  let index = 0
  for await (const text of texts(server)) {
    for await (const row of text.pipe(parse({ columns: true })) as AsyncIterable<Record<string, string>>) {
      const wanted = plainHit(orderOf(index))
      for (const [name, value] of Object.entries(wanted)) {
        if (row[name] === value) continue
        throw new Error(`${subject}: ${name} of row ${index} is ${row[name]}, not ${value}`)
      }
      if (Object.keys(row).length !== Object.keys(wanted).length) {
        throw new Error(`${subject}: row ${index} has other columns.`)
      }
      index += 1
    }
  }
  if (index !== rows) throw new Error(`${subject} sent ${index} of ${rows} rows.`)
}

const quote = 0x22
const lineFeed = 0x0a

/** @throws Error where the sink has more or fewer rows; line breaks inside quotes end none */
export async function assertRowCount(server: BenchServer, subject: string, rows: number): Promise<void> {
  let count = 0
  for await (const text of texts(server)) {
    let quoted = false
    let last = lineFeed
    // The header.
    count -= 1
    for await (const chunk of text as AsyncIterable<Buffer>) {
      for (const byte of chunk) {
        if (byte === quote) quoted = !quoted
        else if (byte === lineFeed && !quoted) count += 1
        last = byte
      }
    }
    if (last !== lineFeed) count += 1
  }
  if (count !== rows) throw new Error(`${subject} sent ${count} of ${rows} rows.`)
}

/** Writes all text that the sink has into one file. */
export async function saveTexts(server: BenchServer, path: string): Promise<void> {
  // One pipeline: each of several into the same file would leave its listeners there.
  await pipeline(allBytes(server), createWriteStream(path))
}

async function* allBytes(server: BenchServer): AsyncIterable<Buffer> {
  for await (const text of texts(server)) yield* text as AsyncIterable<Buffer>
}
