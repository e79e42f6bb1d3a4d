import fc from '../../../fixtures/fast-check'
import { textOf } from '../../../../src/sources/decoders/text'
import { csv } from '../../../../src/sources/decoders/csv'
import { bodyOf } from './bodies'

async function read(content: Uint8Array, options: Parameters<typeof bodyOf>[1] & { encoding?: string } = {}) {
  let whole = ''
  for await (const text of textOf(bodyOf(content, options), options.encoding)) whole += text
  return whole
}

const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16()

it('text is the same in every encoding, in pieces of any size, with and without a byte order mark', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', maxLength: 300 }).filter((text) => !text.startsWith('\ufeff')),
      fc.integer({ min: 1, max: 300 }),
      async (text, pieceBytes) => {
        const marked = `\ufeff${text}`
        expect(await read(Buffer.from(text), { pieceBytes })).toBe(text)
        expect(await read(Buffer.from(marked), { pieceBytes })).toBe(text)
        expect(await read(Buffer.from(marked, 'utf16le'), { pieceBytes })).toBe(text)
        expect(await read(bigEndian(marked), { pieceBytes })).toBe(text)
        expect(await read(bigEndian(text), { pieceBytes, encoding: 'utf-16be' })).toBe(text)
        const contentType = 'text/csv; charset="UTF-16LE"'
        expect(await read(Buffer.from(text, 'utf16le'), { pieceBytes, contentType })).toBe(text)
      },
    ),
    { numRuns: 60 },
  )
})

it('latin1 is read as Windows-1252', async () => {
  expect(await read(Buffer.from([0xe4, 0x80]), { encoding: 'latin1' })).toBe('ä€')
})

it.each([
  [Buffer.from([0x61, 0xff, 0x62]), {}, 'has bytes that are not utf-8, after at byte 0'],
  [Buffer.from('ä').subarray(0, 1), {}, 'ends in the middle of a character at byte 1'],
  [Buffer.from([0x61]), { encoding: 'utf-16le' }, 'ends in the middle of a character'],
  [Buffer.from('a'), { contentType: 'text/csv; charset=klingon' }, 'names an encoding that is not known'],
])(
  'bytes that are not of the encoding are refused and never replaced (%#)',
  async (bytes, options, message) => {
    await expect(read(bytes, options)).rejects.toThrow(message)
  },
)

it('an unknown encoding is a fault of the declaration', () => {
  expect(csv({ encoding: 'klingon' }).faults).toEqual([
    'csv: "encoding" must be the name of an encoding, such as "utf-8" or "latin1"',
  ])
})
