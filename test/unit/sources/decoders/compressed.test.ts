import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import AdmZip from 'adm-zip'
import fc from '../../../fixtures/fast-check'
import { Zip, ZipDeflate, ZipPassThrough, zipSync } from 'fflate'
import { csv } from '../../../../src/sources/decoders/csv'
import { gzip } from '../../../../src/sources/decoders/gzip'
import { jsonLines } from '../../../../src/sources/decoders/json-lines'
import { zip } from '../../../../src/sources/decoders/zip'
import { bodyOf, decodeAll, recordsOf } from './bodies'

const lines = (records: readonly unknown[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('')
/** Compresses badly, so that the compressed data spans many chunks. */
const large = Array.from({ length: 2_000 }, () => randomBytes(24).toString('hex'))

/** A zip whose sizes stand behind the contents, as programs write that stream. */
function streamedZip(files: Readonly<Record<string, string>>, isDeflated = true): Buffer {
  const chunks: Uint8Array[] = []
  const made = new Zip((_, chunk) => chunks.push(chunk))
  for (const [name, content] of Object.entries(files)) {
    const file = isDeflated ? new ZipDeflate(name) : new ZipPassThrough(name)
    made.add(file)
    file.push(Buffer.from(content), true)
  }
  made.end()
  return Buffer.concat(chunks)
}

function admZip(files: Readonly<Record<string, string>>): Buffer {
  const made = new AdmZip()
  made.addFile('folder/', Buffer.alloc(0))
  for (const [name, content] of Object.entries(files)) made.addFile(name, Buffer.from(content))
  return made.toBuffer()
}

const asBytes = (content: string) => new Uint8Array(Buffer.from(content))

it('gzip and zip give what was compressed, whoever wrote it and in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 200 }),
      async (records, pieceBytes) => {
        const text = lines(records)
        const half = Math.floor(records.length / 2)
        const members = [gzipSync(lines(records.slice(0, half))), gzipSync(lines(records.slice(half)))]

        expect(await recordsOf(gzip(jsonLines()), gzipSync(text), pieceBytes)).toEqual(records)
        expect(await recordsOf(gzip(jsonLines()), Buffer.concat(members), pieceBytes)).toEqual(records)
        for (const packed of [
          zipSync({ 'a.jsonl': asBytes(text) }),
          zipSync({ 'a.jsonl': asBytes(text) }, { level: 0 }),
          streamedZip({ 'a.jsonl': text }),
          admZip({ 'a.jsonl': text }),
        ]) {
          expect(await recordsOf(zip(jsonLines()), packed, pieceBytes)).toEqual(records)
        }
      },
    ),
    { numRuns: 40 },
  )
})

it('large content is read whole, and the file after it', async () => {
  const text = lines(large)
  for (const packed of [
    streamedZip({ 'a.jsonl': text, 'b.jsonl': text }),
    admZip({ 'a.jsonl': text, 'b.jsonl': text }),
  ]) {
    expect(await recordsOf(zip(jsonLines(), { files: '*.jsonl' }), packed, 10_000)).toEqual([
      ...large,
      ...large,
    ])
  }
})

it('a zip is read by pattern, and other files and folders are passed over', async () => {
  const files = { 'readme.txt': 'hello', 'data/1.csv': 'a\n1', 'data/2.csv': 'a\n2' }

  expect(await recordsOf(zip(csv(), { files: 'data/*.csv' }), admZip(files))).toEqual([
    { a: '1' },
    { a: '2' },
  ])
})

const packed = zipSync({ 'a.jsonl': asBytes(lines(large.slice(0, 50))) })

it('a zip or gzip that breaks off anywhere is refused', async () => {
  const compressed = gzipSync(lines(large.slice(0, 50)))
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (place) => {
      await expect(
        recordsOf(zip(jsonLines()), packed.subarray(0, place % (packed.length - 22)), 500),
      ).rejects.toThrow(/breaks off|is empty/)
      await expect(
        recordsOf(gzip(jsonLines()), compressed.subarray(0, place % compressed.length), 500),
      ).rejects.toThrow(/breaks off|is empty|is not gzip/)
    }),
    { numRuns: 50 },
  )
})

it('data behind the padding of a gzip is refused, and never left out', async () => {
  const [first, second] = [gzipSync('1\n'), gzipSync('2\n')]
  const padded = Buffer.concat([first, Buffer.alloc(9)])
  for (const pieceBytes of [1, 7, first.length, first.length + 9, 1_000]) {
    const outcome = await recordsOf(gzip(jsonLines()), Buffer.concat([padded, second]), pieceBytes).catch(
      (error: unknown) => (error as Error).message,
    )

    expect(outcome).toEqual(expect.stringContaining('has data behind its end'))
    expect(await recordsOf(gzip(jsonLines()), padded, pieceBytes)).toEqual([1])
  }
})

it('a zip or gzip with a flipped bit in its content is refused', async () => {
  const stored = zipSync({ 'a.jsonl': asBytes(lines(large.slice(0, 50))) }, { level: 0 })
  const compressed = gzipSync(lines(large.slice(0, 50)))
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 7 }), async (place, bit) => {
      const flipped = (bytes: Uint8Array) => {
        const copy = Buffer.from(bytes)
        const at = 60 + (place % 1_000)
        copy[at] = (copy[at] ?? 0) ^ (1 << bit)
        return copy
      }
      for (const bytes of [packed, stored]) {
        await expect(recordsOf(zip(jsonLines()), flipped(bytes), 500)).rejects.toMatchObject({
          code: 'source-malformed',
        })
      }
      await expect(recordsOf(gzip(jsonLines()), flipped(compressed), 500)).rejects.toMatchObject({
        code: 'source-malformed',
      })
    }),
    { numRuns: 50 },
  )
})

it.each([
  ['an unknown format', zip(csv()), Buffer.from('a,b\n1,2\n'), 'is not a zip'],
  [
    'several files',
    zip(csv()),
    zipSync({ a: asBytes('a\n1'), b: asBytes('a\n1') }),
    'is a zip of several files',
  ],
  ['no file', zip(csv()), zipSync({}), 'is a zip without a file'],
  ['no such file', zip(csv(), { files: '*.csv' }), zipSync({ a: asBytes('a\n1') }), 'is a zip without *.csv'],
  [
    'a stored file of unknown length',
    zip(csv()),
    streamedZip({ a: 'a\n1' }, false),
    'a stored file of unknown length',
  ],
  ['what is no gzip', gzip(csv()), Buffer.from('a,b\n1,2\n'), 'is not gzip'],
  ['no bytes', gzip(jsonLines()), Buffer.alloc(0), 'is empty'],
  [
    'bytes behind gzip',
    gzip(jsonLines()),
    Buffer.concat([gzipSync('1\n'), Buffer.from('x1')]),
    'damaged compressed data',
  ],
])('a body with %s is refused', async (_, decoder, bytes, message) => {
  await expect(recordsOf(decoder, bytes, 100)).rejects.toMatchObject({
    code: 'source-malformed',
    message: expect.stringContaining(message) as string,
  })
})

it('an encrypted zip is refused', async () => {
  const encrypted = Buffer.from(packed)
  encrypted[6] = 1
  await expect(recordsOf(zip(jsonLines()), encrypted)).rejects.toThrow('is an encrypted zip')
})

it('a zip whose directory lists another number of files is refused', async () => {
  const two = zipSync({ a: asBytes('1'), b: asBytes('2') })
  const directory = Buffer.from(two).indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  const second = Buffer.from(two).lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  const shortened = Buffer.concat([two.subarray(0, directory), two.subarray(second)])
  await expect(recordsOf(zip(jsonLines(), { files: '*' }), shortened)).rejects.toThrow(
    '2 files whose directory lists 1',
  )
})

it('the media type of the compressed form does not count for what is inside', async () => {
  const body = bodyOf(gzipSync('a\n1'), { contentType: 'application/gzip' })

  expect((await decodeAll(gzip(csv()), body)).records).toEqual([{ a: '1' }])
})

it('an error of the transport passes through decompression as it is', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    await Promise.resolve()
    yield gzipSync('1\n').subarray(0, 12)
    throw new TypeError('connection lost')
  }
  const body = { bytes: broken(), contentType: null, place: 'x' }

  await expect(decodeAll(gzip(jsonLines()), body)).rejects.toThrow(new TypeError('connection lost'))
})
