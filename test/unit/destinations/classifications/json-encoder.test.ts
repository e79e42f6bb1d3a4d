import { createJsonEncoder } from '../../../../src/destinations/classifications/json-encoder'

const encoder = createJsonEncoder(['Name', 'Note'], 'reject', 'eVar1')
const row = { key: 'K', Name: 'name', Note: null }

it('a row becomes one line with its key and the columns that are set', () => {
  expect(encoder.encode({ key: 7, Name: 'a "b"', Note: 1.5 })).toEqual({
    kind: 'row',
    line: '{"key":"7","data":{"Name":"a \\"b\\"","Note":"1.5"}}\n',
    partition: 0,
    order: 0,
    rowKey: '7',
  })
})

it('null leaves a column out of the line', () => {
  expect(encoder.encode(row)).toMatchObject({ line: '{"key":"K","data":{"Name":"name"}}\n' })
})

it.each<[string, object, string, string]>([
  ['an unknown column', { ...row, Color: 'red' }, 'column-unknown', 'Color'],
  ['a column that is undefined', { key: 'K', Name: 'name' }, 'column-missing', 'Note'],
  ['no key', { ...row, key: undefined }, 'value-type', 'key'],
  ['an empty key', { ...row, key: '' }, 'value-empty', 'key'],
  ['a key of spaces', { ...row, key: ' \t ' }, 'value-empty', 'key'],
  ['an empty value', { ...row, Note: '' }, 'value-empty', 'Note'],
  ['a boolean', { ...row, Note: true }, 'value-type', 'Note'],
  ['a number that is not finite', { ...row, Note: NaN }, 'value-type', 'Note'],
  ['no value at all', { ...row, Name: null }, 'row-without-values', ''],
  ['a key of zeros', { ...row, key: '000' }, 'value-only-zeros', 'key'],
  ['the value zero', { ...row, Note: 0 }, 'value-only-zeros', 'Note'],
  ['a space before a key', { ...row, key: ' K' }, 'value-blank-edge', 'key'],
  ['a no-break space after a value', { ...row, Note: 'x\u00a0' }, 'value-blank-edge', 'Note'],
  ['a tab in a value', { ...row, Note: 'a\tb' }, 'value-control-character', 'Note'],
  ['a line feed in a key', { ...row, key: 'a\nb' }, 'value-control-character', 'key'],
  ['half a surrogate pair', { ...row, Note: 'a\ud83d' }, 'value-not-unicode', 'Note'],
  ['the word that deletes a value', { ...row, Note: '~empty~' }, 'value-reserved', 'Note'],
  ['the word that deletes a key', { ...row, Note: '~DeleteKey~' }, 'value-reserved', 'Note'],
])('a row with %s is a reject', (_what, faulty, code, path) => {
  expect(encoder.encode(faulty as never)).toMatchObject({ kind: 'reject', code, path })
})

describe.each(['key', 'Note'])('the text of %s', (path) => {
  it.each([
    ['ASCII', 'x'],
    ['three bytes each', '€'],
  ])('takes 255 bytes and not 256, of %s', (_what, character) => {
    const full = character.repeat(255 / Buffer.byteLength(character))

    expect(encoder.encode({ ...row, [path]: full })).toMatchObject({ kind: 'row' })
    expect(encoder.encode({ ...row, [path]: `${full}x` })).toMatchObject({ code: 'value-too-long', path })
  })
})

it.each(['prop1', 'prop75', 'page', 'product', 'server', 'siteSection'] as const)(
  'a key of %s takes 100 bytes and not 101, because Analytics cuts the value there; a column takes 255',
  (variable) => {
    const short = createJsonEncoder(['Name'], 'reject', variable)
    const Name = 'x'.repeat(255)

    expect(short.encode({ key: '€'.repeat(33) + 'x', Name })).toMatchObject({ kind: 'row' })
    expect(short.encode({ key: '€'.repeat(33) + 'xx', Name })).toMatchObject({
      code: 'value-too-long',
      path: 'key',
    })
  },
)

it.each(['0.0', '0a', 'a0', '~empty', 'a ~empty~', 'a b', '😀', 'é'])('the text "%s" is taken', (text) => {
  expect(encoder.encode({ ...row, Note: text })).toMatchObject({ kind: 'row' })
})

describe('an empty text', () => {
  it('leaves the stored value as it is where the author says keep', () => {
    const keeps = createJsonEncoder(['Name', 'Note'], 'keep', 'eVar1')

    expect(keeps.encode({ ...row, Note: '' })).toMatchObject({ line: '{"key":"K","data":{"Name":"name"}}\n' })
    expect(keeps.encode({ ...row, Name: '' })).toMatchObject({ code: 'row-without-values' })
  })

  it('deletes the value by an action of its own line where the author says delete', () => {
    const deletes = createJsonEncoder(['Name', 'Note'], 'delete', 'eVar1')

    expect(deletes.encode({ ...row, Note: '' })).toMatchObject({
      line: '{"key":"K","data":{"Name":"name"}}\r\n{"key":"K","action":"delete-field","data":{"Note":""}}\n',
    })
    expect(deletes.encode({ key: 'K', Name: '', Note: '' })).toMatchObject({
      line: '{"key":"K","action":"delete-field","data":{"Name":"","Note":""}}\n',
    })
  })
})
