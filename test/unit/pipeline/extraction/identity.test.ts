import * as z from 'zod'
import { identify, keyOf, sameContent } from '../../../../src/pipeline/extraction/identity'

const strict = z.object({ id: z.string(), value: z.number(), meta: z.object({ kind: z.string() }) })
const mended = strict.extend({ value: z.union([z.number(), z.literal('none')]) })
const invalid = { id: 'a', value: 'none', meta: { kind: 'x' } }

const keyless = (raw: unknown, schema: z.ZodType) => identify(null, raw, schema.safeParse(raw).data, schema)()

describe('a record without a primary key', () => {
  it('is the same with a field that its schema does not name, at any depth', () => {
    const known = keyless({ ...invalid, value: 1 }, strict).words
    const again = { ...invalid, value: 1, etag: 'x', meta: { kind: 'x', servedBy: 'y' } }
    expect(sameContent(keyless(again, strict), known)).toBe(true)
  })

  it('is the same while it does not parse, and once its schema was corrected', () => {
    const known = keyless(invalid, strict).words
    const again = { ...invalid, etag: 'x', meta: { kind: 'x', servedBy: 'y' } }
    expect(sameContent(keyless(again, strict), known)).toBe(true)
    expect(sameContent(keyless(again, mended), known)).toBe(true)
    expect(sameContent(keyless(again, mended.transform(String)), known)).toBe(true)
  })

  it('is another where a field differs that its schema names', () => {
    const known = keyless(invalid, strict).words
    for (const other of [{ id: 'b' }, { value: 'nothing' }, { meta: { kind: 'y' } }]) {
      expect(sameContent(keyless({ ...invalid, ...other }, strict), known)).toBe(false)
      expect(sameContent(keyless({ ...invalid, ...other }, mended), known)).toBe(false)
    }
  })

  it.each([
    ['keeps other fields', z.looseObject(strict.shape)],
    ['refuses other fields', z.strictObject(strict.shape)],
    ['is no object', z.custom((value) => value === 1)],
  ])('is another with another field where its schema %s', (_, schema) => {
    const known = keyless(invalid, schema).words
    expect(sameContent(keyless(invalid, schema), known)).toBe(true)
    expect(sameContent(keyless({ ...invalid, more: 1 }, schema), known)).toBe(false)
  })
})

it('a record with a primary key has the same content while it does not parse, and once its schema was corrected', () => {
  const keyed = (raw: unknown, schema: z.ZodType) =>
    identify(['id'], raw, schema.safeParse(raw).data, schema)()
  const known = keyed(invalid, strict).words
  const again = { ...invalid, etag: 'x' }
  expect(sameContent(keyed(again, strict), known)).toBe(true)
  expect(sameContent(keyed(again, mended), known)).toBe(true)
  expect(sameContent(keyed({ ...again, meta: { kind: 'y' } }, mended), known)).toBe(false)
})

describe('a primary key', () => {
  it('is the same in digits as a number and as a text', () => {
    expect(keyOf(['id'], { id: 7 })).toBe(keyOf(['id'], { id: '7' }))
  })

  it.each([undefined, null, '', {}, []])('is missing where a part of it is %p', (part) => {
    expect(keyOf(['id', 'part'], { id: 'a', part })).toBeNull()
  })

  it('keeps its parts apart', () => {
    expect(keyOf(['a', 'b'], { a: 'x', b: 'yz' })).not.toBe(keyOf(['a', 'b'], { a: 'xy', b: 'z' }))
  })
})
