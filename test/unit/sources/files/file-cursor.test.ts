import {
  beginning,
  behindFile,
  inReadingOrder,
  standOf,
  withKnownFiles,
} from '../../../../src/sources/files/file-cursor'
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

const writtenAt = (key: string, modified: number): PickedFile => ({ ...fileOf(key), modified })
const fullUntil1 = keys.reduce((cursor, key) => behindFile(cursor, writtenAt(key, 1)), beginning)

it('a file that is written after those that were forgotten, and sorts before them, is late and never counts as read', () => {
  expect(standOf(fullUntil1, writtenAt('day-', 2))).toBe('late')
  expect(standOf(fullUntil1, writtenAt('day-0001', 2))).toBe('late')
  expect(standOf(fullUntil1, writtenAt('day-0001', 1))).toBe('done')
})

it('late files are read in the order in which they were written, so that none hides another', () => {
  const files = [writtenAt('day-', 3), writtenAt('day-0', 2), writtenAt('day-0400', 4)]
  const order = inReadingOrder(fullUntil1, files)
  const [first, second] = order.map(({ key }) => key)

  expect([first, second]).toEqual(['day-0', 'day-'])
  const after = behindFile(fullUntil1, writtenAt('day-0', 2))
  expect(standOf(after, writtenAt('day-0', 2))).toBe('done')
  expect(standOf(after, writtenAt('day-', 3))).toBe('late')
})

it('the files up to a stated one count as read, and those written later are late', () => {
  const stated = { ...beginning, floor: 'day-0100' }
  const known = withKnownFiles(stated, [writtenAt('day-0001', 7), writtenAt('day-0200', 9)])

  expect(known.until).toBe(7)
  expect(standOf(known, writtenAt('day-0002', 8))).toBe('late')
  expect(standOf(known, writtenAt('day-0200', 9))).toBe('new')
  expect(withKnownFiles(known, [])).toBe(known)
})
