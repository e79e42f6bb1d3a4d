import fc from '../../../fixtures/fast-check'
import { json } from '../../../../src/sources/decoders/json'
import { jsonLines } from '../../../../src/sources/decoders/json-lines'
import { bodyOf, decodeAll, exactly, recordsOf } from './bodies'

const places = ['', 'data', 'result.items', 'result.1.items', 'a"b\\.ü']

/** A body with the records at a path, and other content around them, also lists and fields of the same names. */
function bodyWith(path: string, records: readonly unknown[], noise: unknown): unknown {
  const fields = path === '' ? [] : path.split('.')
  return fields.reduceRight<unknown>(
    (inner, field) =>
      /^\d+$/.test(field)
        ? [...Array.from({ length: Number(field) }, () => noise), inner, noise]
        : { before: noise, [field]: inner, after: { [field]: noise, items: [1] }, next: 'token "]' },
    records,
  )
}

it('JSON gives the records and the envelope of JSON.parse, at any path, white space and piece size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...places),
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 6 }),
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(undefined, 1, '\t'),
      fc.integer({ min: 1, max: 40 }),
      async (path, records, noise, indent, pieceBytes) => {
        const text = JSON.stringify(bodyWith(path, records, noise), null, indent)

        const decoded = await decodeAll(json({ records: path }), bodyOf(text, { pieceBytes }))

        const parsed = JSON.parse(text) as unknown
        expect(decoded.records).toEqual(exactly(JSON.parse(JSON.stringify(records))))
        expect(decoded.envelope).toEqual(exactly(withoutRecords(parsed, path)))
      },
    ),
    { numRuns: 150 },
  )
})

function withoutRecords(body: unknown, path: string): unknown {
  if (path === '') return []
  const [field = '', ...rest] = path.split('.')
  const holder = body as Record<string, unknown>
  holder[field] = withoutRecords(holder[field], rest.join('.'))
  return holder
}

it('JSON that was damaged by a byte is refused wherever JSON.parse refuses it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 }),
      fc.nat(),
      fc.constantFrom('', '}', ']', '[', '{', ',', ':', '"', '1', '\\'),
      async (records, place, insert) => {
        const text = JSON.stringify({ data: records, next: 'x' })
        const at = place % text.length
        const damaged = text.slice(0, at) + insert + text.slice(at + 1)

        const decoded = await decodeAll(json({ records: 'data' }), bodyOf(damaged)).catch(() => null)

        if (!isJson(damaged)) expect(decoded).toBeNull()
        else if (decoded && !losesDigits(damaged)) {
          expect(decoded.records).toEqual((JSON.parse(damaged) as { data: unknown }).data)
        }
      },
    ),
    { numRuns: 400 },
  )
})

/** JSON.parse rounds such a number, or makes it infinite; the decoder keeps its text. */
function losesDigits(text: string): boolean {
  return /\d{16}|[eE]\+?\d{3}/.test(text)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

it.each([
  ['9007199254740993', '9007199254740993'],
  ['-12345678901234567890', '-12345678901234567890'],
  ['9007199254740991', 9007199254740991],
  ['1e400', '1e400'],
  ['1e3', 1000],
  ['0.12345678901234567890', 0.12345678901234568],
  ['"9007199254740993"', '9007199254740993'],
  ['{"say":"\\" 9007199254740993 \\\\"}', { say: '" 9007199254740993 \\' }],
])('the number %s is kept exactly', async (text, value) => {
  expect(await recordsOf(json(), `[${text}]`)).toEqual([value])
  expect(await recordsOf(jsonLines(), `${text}\n`)).toEqual([value])
})

it('keeps the digits of a token in the envelope', async () => {
  const { envelope } = await decodeAll(
    json({ records: 'data' }),
    bodyOf('{"data":[],"next":9007199254740993}'),
  )

  expect(envelope).toEqual({ data: [], next: '9007199254740993' })
})

it.each([
  ['', 'is empty at character 0'],
  [' \n', 'is empty at character 2'],
  ['{"data":[{"a":1},{"a"', 'breaks off in the list of records, in a record after at character 17'],
  ['{"data":[{"a":1}]', 'is not JSON, or breaks off, at character 17'],
  ['{"data":[1,2,]}', 'is not JSON'],
  ['{"data":[,1]}', 'is not JSON'],
  ['{"data":[1 2]}', 'is not JSON'],
  ['{"data":[}]}', 'is not JSON'],
  ['{"data":{"a":1}}', 'has no list of records at "data"'],
  ['{"error":"quota"}', 'has no list of records at "data"'],
  ['{"data":[1],"data":[2]}', 'has the list of records "data" twice'],
  ['{"data":[]} {}', 'is not JSON'],
])('JSON is refused: %s', async (text, message) => {
  await expect(recordsOf(json({ records: 'data' }), text, 100)).rejects.toMatchObject({
    code: 'source-malformed',
    message: expect.stringContaining(message) as string,
  })
})

it('a record of more than 1 MB is refused before it fills the memory', async () => {
  await expect(recordsOf(json(), `["${'x'.repeat(2_000_000)}"]`, 65_536)).rejects.toThrow('more than 1 MB')
  await expect(recordsOf(jsonLines(), `"${'x'.repeat(2_000_000)}"`, 65_536)).rejects.toThrow('more than 1 MB')
})

it('an envelope of more than 1 MB is refused', async () => {
  const text = JSON.stringify({ other: 'x'.repeat(2_000_000), data: [] })

  await expect(recordsOf(json({ records: 'data' }), text, 65_536)).rejects.toThrow('around its list "data"')
})

it('a consumer that stops early releases the body', async () => {
  let released = false
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        await Promise.resolve()
        yield Buffer.from('[1,'.padEnd(300))
      }
    } finally {
      released = true
    }
  }
  for await (const chunk of json().decode({ bytes: bytes(), contentType: null, place: 'x' }).records) {
    expect(chunk).toEqual([1])
    break
  }

  expect(released).toBe(true)
})

it('JSON Lines gives each line, whatever its break, and skips blank ones', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n', '\n\n', '\n \n'),
      fc.boolean(),
      fc.integer({ min: 1, max: 30 }),
      async (records, lineBreak, endsWithBreak, pieceBytes) => {
        const text =
          records.map((record) => JSON.stringify(record)).join(lineBreak) + (endsWithBreak ? lineBreak : '')

        expect(await recordsOf(jsonLines(), text, pieceBytes)).toEqual(
          exactly(JSON.parse(JSON.stringify(records))),
        )
      },
    ),
  )
})

it('a broken line is named by its number', async () => {
  await expect(recordsOf(jsonLines(), '{"a":1}\n\n{"a":')).rejects.toThrow('is not JSON at line 3')
})

it.each(['text/html; charset=utf-8', 'application/pdf', 'text/csv', 'image/png'])(
  'a body that came as %s is not read as JSON',
  async (contentType) => {
    await expect(decodeAll(json(), bodyOf('[]', { contentType }))).rejects.toThrow(
      /came as \S+, which is not JSON/,
    )
  },
)
