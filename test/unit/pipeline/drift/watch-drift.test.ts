import * as z from 'zod'
import { watchDrift } from '../../../../src/pipeline/drift/watch-drift'
import type { Job } from '../../../../src/definition/job'

const hide = (text: string) => text.replaceAll('canary-secret', '[redacted]')

function driftOf(record: z.ZodType, ...records: readonly unknown[]) {
  const watch = watchDrift({ record }, hide)
  for (const one of records) watch.observe(one)
  return watch.found()
}

const Order = z.object({
  id: z.string(),
  total: z.number().nullable(),
  state: z.enum(['open', 'paid']).optional(),
  buyer: z.object({ name: z.string() }),
  lines: z.array(z.object({ sku: z.string() })).default([]),
})
const order = { id: 'a', total: 1, buyer: { name: 'b' } }

describe('the drift of records', () => {
  it('is empty where they match their declaration, optional and null fields included', () => {
    expect(driftOf(Order, order, { ...order, total: null, state: 'paid', lines: [{ sku: 's' }] })).toEqual([])
  })

  it('names unknown, missing and changed fields at any depth, each once a record', () => {
    const records = [
      { ...order, total: '1', extra: { a: 1 }, lines: [{ sku: 1 }, { sku: 2 }, { ean: 3 }] },
      { ...order, extra: 2, buyer: { mail: 'jane.doe@example.com' } },
    ]

    expect(driftOf(Order, ...records)).toEqual([
      { field: 'extra', change: 'unknown', records: 2, example: '{"a":1}' },
      { field: 'total', change: 'changed', records: 1, example: '"1"' },
      { field: 'lines[].sku', change: 'changed', records: 1, example: '1' },
      { field: 'lines[].sku', change: 'missing', records: 1 },
      { field: 'lines[].ean', change: 'unknown', records: 1, example: '3' },
      { field: 'buyer.name', change: 'missing', records: 1 },
      { field: 'buyer.mail', change: 'unknown', records: 1, example: '"[redacted]"' },
    ])
  })

  it.each<[string, z.ZodType, unknown]>([
    ['an object that allows more', z.looseObject({ id: z.string() }), { id: 'a', more: 1 }],
    ['a coerced value', z.object({ id: z.coerce.number() }), { id: '1' }],
    ['a caught value', z.object({ id: z.number().catch(0) }), { id: 'x' }],
    ['a union', z.object({ id: z.union([z.string(), z.number()]) }), { id: 1 }],
    ['a value that is transformed from text', z.object({ id: z.string().transform(Number) }), { id: '1' }],
    ['a value that is piped', z.object({ id: z.string().pipe(z.coerce.number()) }), { id: '1' }],
    ['a record of any names', z.record(z.string(), z.number()), { a: 1 }],
    ['a literal', z.object({ kind: z.literal(['a', 1]) }), { kind: 1 }],
    ['a field that may be null or absent', z.object({ id: z.string().nullish() }), { id: null }],
    ['a field of any type', z.object({ id: z.unknown(), other: z.any() }), {}],
    ['a schema that shows nothing', z.any(), [1]],
  ])('is empty for %s', (_what, schema, record) => {
    expect(driftOf(schema, record)).toEqual([])
  })

  it('compares a recursive schema down to its first repetition', () => {
    const Part = z.object({
      name: z.string(),
      get parts() {
        return z.array(Part).optional()
      },
    })

    expect(driftOf(Part, { name: 'a', extra: 1, parts: [{ name: 2, more: 3 }] })).toEqual([
      { field: 'extra', change: 'unknown', records: 1, example: '1' },
    ])
  })

  it('names a record that is no object as a whole', () => {
    expect(driftOf(Order, 'text')).toEqual([{ field: '', change: 'changed', records: 1, example: '"text"' }])
  })

  it('redacts secrets in fields and examples, and cuts them', () => {
    const [drift] = driftOf(z.object({}), { 'canary-secret': `canary-secret ${'x'.repeat(500)}` })

    expect(drift?.field).toBe('[redacted]')
    expect(drift?.example).toMatch(/^"\[redacted\] x+…$/)
    expect(drift?.example).toHaveLength(60)
  })

  it('reports the 20 most frequent differences of records with ever new names', () => {
    const found = driftOf(
      z.object({}),
      ...Array.from({ length: 1_000 }, (_, index) => ({ often: 1, [`field${index}`]: 1 })),
    )

    expect(found).toHaveLength(20)
    expect(found[0]).toMatchObject({ field: 'often', records: 1_000 })
  })

  it('does not end a run where the schema is a foreign object', () => {
    const record = { safeParse: () => ({ success: true }) } as unknown as Job['record']

    expect(driftOf(record, { a: 1 })).toEqual([])
  })
})
