import { beginning, behindFile, standOf } from '../../../../src/sources/files/file-cursor'
import type { PickedFile } from '../../../../src/sources/files/pick'

const fileOf = (key: string, version = '"1"'): PickedFile => ({
  ...{ name: `in/${key}.csv`, key, version },
  ...{ bytes: 1, modified: 0, waitsFor: null },
})
const keys = Array.from({ length: 400 }, (_, index) => `day-${String(index).padStart(4, '0')}`)

/** After all files, of which the cursor has forgotten the oldest. */
const full = keys.reduce((cursor, key) => behindFile(cursor, fileOf(key)), beginning)

it('a cursor that forgets the oldest files keeps them as read, and knows replacements of the newest', () => {
  expect(full.floor).not.toBeNull()
  expect(JSON.stringify(full).length).toBeLessThan(15_000)
  expect(keys.map((key) => standOf(full, fileOf(key)))).toEqual(keys.map(() => 'done'))
  expect(standOf(full, fileOf('day-0400'))).toBe('new')
  expect(standOf(full, fileOf('day-0399', '"2"'))).toBe('replaced')
})

it('a file that comes late, before those that were forgotten, makes none of them new again', () => {
  const after = behindFile(full, fileOf('day-'))

  expect(after.floor).toBe(full.floor)
  expect(standOf(after, fileOf('day-0001'))).toBe('done')
})
