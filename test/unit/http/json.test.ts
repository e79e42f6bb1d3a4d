import { parseJson, parseLargeJson } from '../../../src/http/json'

const reasonOf = (text: string) => parseLargeJson(Buffer.from(text))

it('a large page of ordinary records is parsed', () => {
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
  expect('reason' in parsed && parsed.reason).toMatch(/^would take up to \d+ MB once parsed, of 32 MB$/)
})

it('a page is parsed however deep its values are nested', () => {
  expect(reasonOf('['.repeat(100_000) + ']'.repeat(100_000)).kind).toBe('json')
})

it('a page that is not UTF-8 is refused instead of being changed', () => {
  expect(parseLargeJson(Buffer.from('["caf\xe9"]', 'latin1'))).toEqual({
    kind: 'malformed',
    reason: 'is not UTF-8',
  })
  expect(reasonOf('\ufeff["café"]')).toEqual({ kind: 'json', value: ['café'] })
})

it('a body that is not JSON is malformed', () => {
  expect(reasonOf('<html>')).toEqual({ kind: 'malformed', reason: 'is not JSON' })
  expect(reasonOf('"cut off')).toEqual({ kind: 'malformed', reason: 'is not JSON' })
  expect(reasonOf('null')).toEqual({ kind: 'json', value: null })
  expect(parseJson('{"a":')).toBeUndefined()
  expect(parseJson(Buffer.from('{"a":1}'))).toEqual({ a: 1 })
})

it('ids and tokens beyond 2^53 keep their digits, as texts', () => {
  const ids = '{"data":[{"id":9007199254740992},{"id":9007199254740993}],"next":-90071992547409950}'

  expect(reasonOf(ids)).toEqual({
    kind: 'json',
    value: { data: [{ id: '9007199254740992' }, { id: '9007199254740993' }], next: '-90071992547409950' },
  })
})
