import { parseJson, parseLargeJson } from '../../../src/http/json'

const reasonOf = (text: string) => parseLargeJson(Buffer.from(text))

it('a large page of honest records is parsed', () => {
  const records = Array.from({ length: 50_000 }, (_, id) => ({
    id,
    at: '2026-11-21',
    name: 'a, {b}: "c" \\',
    n: 1.5,
  }))

  expect(reasonOf(JSON.stringify({ data: records }))).toEqual({ kind: 'json', value: { data: records } })
})

it.each([
  ['empty objects', `[${Array(1_000_000).fill('{}').join(',')}]`],
  ['empty lists', `[${Array(1_400_000).fill('[]').join(',')}]`],
  [
    'objects with a key of their own each',
    `[${Array.from({ length: 470_000 }, (_, id) => `{"k${id}":1}`).join(',')}]`,
  ],
  ['a million small records', `[${Array(1_000_000).fill('{"a":1}').join(',')}]`],
])('a page of %s is refused before it fills the memory', (_what, text) => {
  const parsed = reasonOf(text)

  expect(parsed.kind).toBe('too-large')
  expect('reason' in parsed && parsed.reason).toMatch(/^would take up to \d+ MB once parsed, of 64 MB$/)
})

it('a page that is nested deeper than records are is refused', () => {
  expect(reasonOf('['.repeat(100) + ']'.repeat(100)).kind).toBe('json')
  expect(reasonOf('['.repeat(101) + ']'.repeat(101))).toMatchObject({
    kind: 'too-large',
    reason: 'is nested more than 100 levels deep',
  })
  expect(reasonOf('['.repeat(1_000_000)).kind).toBe('too-large')
})

it('what is no JSON is told from what is', () => {
  expect(reasonOf('<html>')).toEqual({ kind: 'not-json' })
  expect(reasonOf('"cut off')).toEqual({ kind: 'not-json' })
  expect(reasonOf('null')).toEqual({ kind: 'json', value: null })
  expect(parseJson('{"a":')).toBeUndefined()
  expect(parseJson(Buffer.from('{"a":1}'))).toEqual({ a: 1 })
})
